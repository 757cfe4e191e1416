//! The way to a Worker, and what is said while frames are sent.

use fourfold_web::chart::ticks::grouped;
use fourfold_web::live::streams::{COUNT_OF_STREAMS, place_of};
use fourfold_web::live::uplink::Uplink;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::send::{Target, Trouble, Word};
use crate::sensors::Live;
use crate::session::{Session, oddness, one_in};

/// How it stands.
#[derive(Clone, Debug, Default, PartialEq)]
enum State {
    #[default]
    Off,
    Asking,
    Sending,
    /// Nobody answers; it goes on trying.
    Away,
    Refused(String),
}

/// All of the connection.
#[derive(Clone, Copy)]
struct Wire {
    state: RwSignal<State>,
    target: RwSignal<Target>,
    uplink: RwSignal<Uplink>,
    /// What the Worker said last.
    word: RwSignal<Option<Word>>,
    /// The newest frame that was taken over from the timeline.
    until_ms: StoredValue<f64>,
}

/// A sentence and a way to the page that may connect; on that page, the form.
#[component]
pub(crate) fn Connect(session: Session, live: Live) -> impl IntoView {
    if !may_connect() {
        return view! {
            <details class="connect" data-test="connect">
                <summary>"Watch this device from elsewhere"</summary>
                <p class="muted">
                    "A Worker of your own can take one frame a second and be asked from anywhere. Then data leaves this device, to the address that you name and nowhere else. This page is not allowed to do that; another one is."
                </p>
                <a class="button" href="./connect.html" data-test="to-connect">"Open the page that may send"</a>
            </details>
        }
        .into_any();
    }
    let wire = Wire {
        state: RwSignal::default(),
        target: RwSignal::default(),
        uplink: RwSignal::default(),
        word: RwSignal::new(None),
        until_ms: StoredValue::new(f64::NEG_INFINITY),
    };
    // Frames go from the timeline to the network: both lie outside of this view.
    Effect::new(move |_| {
        session.rows_judged.track();
        if matches!(wire.state.get_untracked(), State::Sending | State::Away) && live.is_on() {
            take_frames(session, wire);
            send(wire);
        }
    });
    view! {
        <section class="connect" aria-label="Connect a Worker" data-test="connect">
            <h2>"Watch this device from elsewhere"</h2>
            <p class="muted">"Connected, one frame a second leaves this device: every value that is shown above, your place too if it is on. It goes to this address and nowhere else."</p>
            <Show when=move || !is_connected(&wire.state.get())><Form wire=wire session=session /></Show>
            <p role="status" data-test="connected">{move || sentence(&wire.state.get(), &wire.uplink.get(), wire.word.get())}</p>
            <Show when=move || is_connected(&wire.state.get())>
                <button class="button" data-test="disconnect" on:click=move |_| wire.state.set(State::Off)>"Disconnect"</button>
            </Show>
        </section>
    }
    .into_any()
}

#[component]
fn Form(wire: Wire, session: Session) -> impl IntoView {
    let field = move |label: &'static str, name: &'static str, kind: &'static str, hint: &'static str| {
        let changed = move |event| {
            let value = event_target_value(&event);
            wire.target.update(|target| match name {
                "address" => target.address = value,
                "system" => target.system = value,
                _ => target.key = value,
            });
        };
        view! {
            <label>{label}<input type=kind name=name placeholder=hint autocomplete="off" spellcheck="false"
                required=name != "key" on:input=changed /></label>
        }
    };
    view! {
        <form class="connect-form" on:submit=move |event| { event.prevent_default(); connect(session, wire); }>
            {field("Address of the Worker", "address", "url", "the address that wrangler printed")}
            {field("Name of this device", "system", "text", "my-phone")}
            {field("Key", "key", "password", "if it asks for one")}
            <button class="button" data-test="connect-yes" disabled=move || wire.state.get() == State::Asking>
                "Send from now on"
            </button>
        </form>
    }
}

/// Whether this is the page whose policy allows it.
pub(crate) fn may_connect() -> bool {
    let root = || web_sys::window()?.document()?.document_element();
    root().is_some_and(|root| root.has_attribute("data-may-connect"))
}

fn is_connected(state: &State) -> bool {
    matches!(state, State::Sending | State::Away)
}

fn sentence(state: &State, uplink: &Uplink, word: Option<Word>) -> String {
    let sent = grouped(uplink.sent as f64);
    let waiting = uplink.waiting();
    match state {
        State::Off if uplink.sent > 0 => format!("Disconnected. {sent} frames were sent."),
        State::Off => String::new(),
        State::Asking => "Asking the Worker…".to_string(),
        State::Sending => format!("Connected: {sent} frames sent.{}", word.map(said).unwrap_or_default()),
        State::Away if uplink.dropped > 0 => {
            format!("Nobody answers. {waiting} frames wait, {} were let go.", uplink.dropped)
        }
        State::Away => format!("Nobody answers. {waiting} frames wait; it goes on trying."),
        State::Refused(why) => format!("The Worker refused: {why}"),
    }
}

/// What comes back, live.
fn said(word: Word) -> String {
    let now = if word.is_abnormal { "abnormal now" } else { "nothing abnormal now" };
    format!(" The Worker says: {now}, as rare as {}.", one_in(oddness(word.score)))
}

fn connect(session: Session, wire: Wire) {
    let target = wire.target.get_untracked();
    let Some(origin) = target.origin() else {
        return wire.state.set(State::Refused("that is not an address. It begins with https.".to_string()));
    };
    if !narrow_policy(&origin) {
        return wire.state.set(State::Refused("this page could not narrow its policy.".to_string()));
    }
    wire.state.set(State::Asking);
    // What was measured before is not sent: nobody had agreed to it.
    let newest_ms = session.timeline.with_untracked(|timeline| timeline.times_ms.last().copied());
    wire.until_ms.set_value(newest_ms.unwrap_or(f64::NEG_INFINITY));
    spawn_local(async move {
        wire.state.set(match target.create().await {
            Ok(()) => State::Sending,
            Err(Trouble::Away) => {
                State::Refused("nobody answers at that address, or it does not let this page in.".to_string())
            }
            Err(Trouble::Refused(why)) => State::Refused(why),
        });
    });
}

/// From here on the browser lets this page reach the place it came from and this one address.
fn narrow_policy(origin: &str) -> bool {
    let narrowed = || {
        let document = web_sys::window()?.document()?;
        let meta = document.create_element("meta").ok()?;
        meta.set_attribute("http-equiv", "Content-Security-Policy").ok()?;
        meta.set_attribute("content", &format!("connect-src 'self' {origin}")).ok()?;
        document.query_selector("head").ok()??.append_child(&meta).ok()
    };
    narrowed().is_some()
}

fn take_frames(session: Session, wire: Wire) {
    let until_ms = wire.until_ms.get_value();
    session.timeline.with_untracked(|timeline| {
        let from = timeline.times_ms.partition_point(|&at_ms| at_ms <= until_ms);
        let places: Vec<Option<usize>> =
            timeline.streams.iter().map(|stream| place_of(&stream.name)).collect();
        wire.uplink.update(|uplink| {
            for (row, &at_ms) in timeline.times_ms.iter().enumerate().skip(from) {
                let mut values = vec![f64::NAN; COUNT_OF_STREAMS];
                for (lane, place) in timeline.lanes.iter().zip(&places) {
                    if let (Some(place), Some(&value)) = (place, lane.values().get(row)) {
                        values[*place] = value;
                    }
                }
                uplink.add(at_ms, &values);
            }
        });
        timeline.times_ms.last().iter().for_each(|&&newest_ms| wire.until_ms.set_value(newest_ms));
    });
}

fn send(wire: Wire) {
    let Some(Some(rows)) = wire.uplink.try_update(|uplink| uplink.next(js_sys::Date::now())) else { return };
    let target = wire.target.get_untracked();
    spawn_local(async move {
        let done = target.send(&rows).await;
        let now_ms = js_sys::Date::now();
        wire.uplink
            .update(|uplink| if done.is_ok() { uplink.arrived(now_ms) } else { uplink.failed(now_ms) });
        if let Ok(word) = done {
            wire.word.set(word);
        }
        // Whoever has disconnected meanwhile stays so.
        if is_connected(&wire.state.get_untracked()) {
            wire.state.set(match done {
                Ok(_) => State::Sending,
                Err(Trouble::Away) => State::Away,
                Err(Trouble::Refused(why)) => State::Refused(why),
            });
        }
    });
}
