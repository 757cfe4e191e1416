//! Why an episode happened: everything that the engine says about it, and a person's answer.

mod causes;
mod feedback;
mod graph;
mod leads;
mod sequence;

use fourfold::cause::Mode;
use fourfold::wire::{EpisodeJson, FoundJson};
use leptos::prelude::*;

use super::into_view;
use crate::link::Link;
use crate::session::{Session, Told, Why};
use causes::Causes;
use feedback::Feedback;
use graph::Graph;
use leads::Leads;
use sequence::Sequence;

/// Opens below the episode that is selected.
#[component]
pub(crate) fn WhyPanel(session: Session, link: Link, episode: EpisodeJson<'static>) -> impl IntoView {
    let opened = episode.opened;
    let ask_again = episode.clone();
    view! {
        <div class="why-panel" data-test="why">
            {move || match session.why.get() {
                Why::Nothing => ().into_any(),
                Why::Asked => view! { <p class="muted" role="status">"Looking for the cause…"</p> }.into_any(),
                Why::Refused(message) => view! { <p role="alert">{format!("No explanation: {message}.")}</p> }.into_any(),
                Why::Told(told) => {
                    let episode = ask_again.clone();
                    let closer = move || link.explain(&episode, Mode::Thorough);
                    view! { <Answer session=session link=link opened=opened told=*told closer=closer /> }.into_any()
                }
            }}
        </div>
    }
}

#[component]
fn Answer(
    session: Session,
    link: Link,
    opened: i64,
    told: Told,
    closer: impl Fn() + Send + Sync + 'static,
) -> impl IntoView {
    let Told { json, curves, took_ms } = told;
    let stream = json.primary_cause.as_ref().and_then(|cause| cause.stream.clone());
    let is_fast = json.mode == Mode::Fast;
    let evidence: Vec<String> = (json.evidence.iter())
        .filter(|evidence| !matches!(evidence.found, FoundJson::Lead { .. } | FoundJson::Unseen { .. }))
        .map(|evidence| evidence.sentence.clone())
        .collect();
    let unseen = json.unseen.join(", ");
    view! {
        <p class="headline" data-test="headline">{json.headline.clone()}</p>
        {json.recommended_action.clone().map(|action| view! { <p class="action"><b>"What to do: "</b>{action}</p> })}
        <Feedback session=session link=link opened=opened />
        <button class="button to-lanes" data-test="to-lanes" on:click=move |_| into_view::lane_below(session, stream.as_deref())>"See it in the curves ↓"</button>
        <Causes why=json.clone() />
        <Graph session=session why=json.clone() />
        <Sequence session=session why=json.clone() />
        <Leads why=json.clone() curves=curves />
        {(!evidence.is_empty()).then(|| view! {
            <section>
                <h3>"What speaks for it"</h3>
                <ul class="evidence">
                    {evidence.into_iter().map(|sentence| view! { <li>{sentence}</li> }).collect_view()}
                </ul>
            </section>
        })}
        {(!unseen.is_empty()).then(|| view! {
            <p class="unseen-streams"><b>"Not seen meanwhile: "</b>{unseen}". Nobody knows what they had to do with it."</p>
        })}
        <p class="muted depth" data-test="depth">
            {if is_fast { "What was known at its worst moment" } else { "The whole of it, compared over lags" }}
            {format!(" · {took_ms:.0} ms")}
            {is_fast.then(|| view! {
                <button class="link" data-test="closer" on:click=move |_| closer()>"Look closer"</button>
            })}
        </p>
    }
}
