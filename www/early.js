// Hears what is tapped while the page's own script is still on its way: boot.js does it then.
addEventListener('click', ({ target }) => {
  if (target.id === 'boot-live') window.isLiveWished = true;
});
