//! What can be set while one looks: how rare false alarms shall be, how thorough explanations, in which order.

use fourfold::cause::Mode;
use leptos::prelude::*;

use crate::link::Link;
use crate::session::{Phase, Session, oddness, one_in};

/// Powers of ten that the slider covers: one in 100,000 to one in 20.
const LEAST: f64 = -5.0;
const MOST: f64 = -1.3;
const STEP: f64 = 0.1;

/// A slider and a switch.
#[component]
pub(crate) fn ControlBar(session: Session, link: Link) -> impl IntoView {
    let controls = session.controls;
    let odds = move || one_in(oddness(1.0 - controls.rate.get()));
    let slide = move |event| {
        if let Ok(power) = event_target_value(&event).parse::<f64>() {
            let own = controls.own_rate.get_untracked();
            // Where the slider was at first it means just what the file, or the preset, asked for.
            let is_own = (power - decades(own)).abs() <= STEP / 2.0;
            link.set_rate(if is_own { own } else { power_of_ten(power) });
        }
    };
    view! {
        <div class="controls" role="group" aria-label="Controls">
            // What a device said is not at hand any more, nor what a session was told: it can not be told at another rate.
            <Show when=move || session.phase.get() != Phase::Live && session.resumed.with(Option::is_none)>
                <label class="slider" title="So rarely may a normal moment raise an alarm">
                    <span>"False alarms"</span>
                    <input type="range" min=LEAST max=MOST step=STEP data-test="rate" aria-valuetext=odds
                        prop:value=move || format!("{:.2}", decades(controls.rate.get())) on:input=slide />
                    <output>{odds}</output>
                </label>
            </Show>
            <label class="switch"><input type="checkbox" data-test="thorough" prop:checked=move || controls.mode.get() == Mode::Thorough
                on:change=move |event| controls.mode.set(if event_target_checked(&event) { Mode::Thorough } else { Mode::Fast }) />"Explain thoroughly"</label>
        </div>
    }
}

/// How the alarms agree with what the file itself calls abnormal.
#[component]
pub(crate) fn Agreed(session: Session) -> impl IntoView {
    view! {
        {move || session.agreement.get().map(|agreement| {
            let label = session.note.with(|note| note.label_column.clone()).unwrap_or_default();
            let ranked = agreement.auc_roc.map(|auc| format!(" An abnormal row outranks a normal one {:.0} times in 100.", auc * 100.0));
            view! {
                <p class="agreement" data-test="agreement">
                    <b>{format!("{} of {}", agreement.found, agreement.events)}</b>
                    {format!(" stretches that “{label}” names (the grey bars under the score) were noticed; {} alarms besides.", agreement.false_alarms)}{ranked}
                </p>
            }
        })}
    }
}

#[expect(clippy::disallowed_methods, reason = "a slider's place: no verdict depends on its last bit")]
fn power_of_ten(power: f64) -> f64 {
    // Two digits are what the slider can mean.
    format!("{:.1e}", 10.0_f64.powf(power)).parse().unwrap_or(0.001)
}

#[expect(clippy::disallowed_methods, reason = "a slider's place: no verdict depends on its last bit")]
fn decades(rate: f64) -> f64 {
    rate.log10()
}
