// Keeps the app for the time without a network, and says when there is a newer one.
let isTaking = false;

async function keep() {
  const registration = await navigator.serviceWorker.register('./sw.js');
  const look = () => {
    // Without a controller this is the first visit: then it is not an update.
    if (registration.waiting && navigator.serviceWorker.controller) dispatchEvent(new Event('fourfoldupdate'));
  };
  look();
  registration.addEventListener('updatefound', () => {
    registration.installing?.addEventListener('statechange', look);
  });
  globalThis.fourfoldTakeUpdate = () => {
    isTaking = true;
    registration.waiting?.postMessage('take over');
  };
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (isTaking) location.reload();
  });
}

// A browser that keeps nothing shows the app all the same, while there is a network.
if ('serviceWorker' in navigator) keep().catch(() => {});
