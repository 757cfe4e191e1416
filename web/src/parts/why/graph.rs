//! Who moves whom, with the way from the likely cause to the stream that suffers most.

use fourfold::wire::ExplanationJson;
use fourfold_web::chart::graph::{NODE_PX, graph};
use leptos::prelude::*;

use crate::session::Session;

/// The room that the panel has, at least.
const WIDTH_PX: f64 = 340.0;
/// More streams than this are no picture any more.
const STREAMS_MOST: usize = 9;
/// Suspects beyond the way itself, and how strongly they are suspected against the first.
const SUSPECTS_MOST: usize = 5;
const SUSPECT_SHARE: f64 = 0.1;

/// What is drawn.
struct Picture {
    names: Vec<String>,
    links: Vec<Drawn>,
    lit: Vec<usize>,
    origin: Option<usize>,
}

struct Drawn {
    from: usize,
    to: usize,
    is_lit: bool,
    is_learned: bool,
}

fn picture(session: Session, why: &ExplanationJson) -> Picture {
    let attribution = &why.causal_attribution;
    let way: Vec<&String> = attribution.upstream.iter().rev().chain(&attribution.stream).collect();
    let strongest = why.suspects.first().map_or(0.0, |first| first.weight);
    let suspects = (why.suspects.iter().take(SUSPECTS_MOST))
        .filter(|suspect| suspect.weight > 0.0 && suspect.weight >= strongest * SUSPECT_SHARE)
        .map(|suspect| &suspect.stream);
    let origin_name = why.primary_cause.as_ref().and_then(|cause| cause.stream.as_ref());
    let mut names: Vec<String> = Vec::new();
    for name in origin_name.into_iter().chain(way.iter().copied()).chain(suspects) {
        if names.len() < STREAMS_MOST && !names.contains(name) {
            names.push(name.clone());
        }
    }
    let place = |name: &String| names.iter().position(|known| known == name);
    let steps: Vec<(usize, usize)> =
        way.windows(2).filter_map(|pair| Some((place(pair[0])?, place(pair[1])?))).collect();
    let named: Vec<(usize, usize)> = session.timeline.with_untracked(|timeline| {
        let of = |at: u32| place(&timeline.streams.get(at as usize)?.name);
        timeline.links.iter().filter_map(|&(from, to)| Some((of(from)?, of(to)?))).collect()
    });
    let learned = attribution.learned.iter().filter_map(|link| Some((place(&link.from)?, place(&link.to)?)));
    let learned: Vec<(usize, usize)> = learned.collect();
    let mut links: Vec<Drawn> = Vec::new();
    for (from, to) in named.iter().chain(&learned).chain(&steps).copied() {
        if from != to && !links.iter().any(|link| (link.from, link.to) == (from, to)) {
            let is_learned = !named.contains(&(from, to));
            links.push(Drawn { from, to, is_lit: steps.contains(&(from, to)), is_learned });
        }
    }
    let lit = way.iter().filter_map(|name| place(name)).collect();
    Picture { origin: origin_name.and_then(place), names, links, lit }
}

/// The picture, and the same in words.
#[component]
pub(super) fn Graph(session: Session, why: ExplanationJson) -> impl IntoView {
    let Picture { names, links, lit, origin } = picture(session, &why);
    let pairs: Vec<(usize, usize)> = links.iter().map(|link| (link.from, link.to)).collect();
    let drawn = graph(names.len(), &pairs, WIDTH_PX);
    let in_words: Vec<String> = (links.iter())
        .map(|link| {
            let way = if link.is_lit { ", on the way of this trouble" } else { "" };
            format!("{} moves {}{way}.", names[link.from], names[link.to])
        })
        .collect();
    // Boxes of which none is the origin, and without a way between them, say nothing.
    let has_picture = names.len() > 1 && (origin.is_some() || !links.is_empty());
    let nodes = names.iter().zip(&drawn.nodes).enumerate().map(|(place, (name, node))| {
        let (is_lit, is_origin) = (lit.contains(&place), origin == Some(place));
        let room = ((node.width_px - if is_origin { 28.0 } else { 12.0 }) / 6.4) as usize;
        let text = if is_origin { format!("◉ {}", shortened(name, room)) } else { shortened(name, room) };
        let (x, y) = (node.left_px + node.width_px / 2.0, node.top_px + NODE_PX / 2.0 + 4.0);
        view! {
            <g class="node" class:lit=is_lit class:origin=is_origin>
                <rect x=node.left_px y=node.top_px width=node.width_px height=NODE_PX rx="7" />
                <text x=x y=y text-anchor="middle">{text}</text>
                <title>{name.clone()}</title>
            </g>
        }
    });
    let edges = links.iter().zip(&drawn.edges).map(|(link, path)| {
        let head = if link.is_lit { "url(#head-lit)" } else { "url(#head)" };
        view! { <path class="edge" class:lit=link.is_lit class:learned=link.is_learned d=path.clone() marker-end=head /> }
    });
    has_picture.then(|| view! {
        <section data-test="graph">
            <h3>"Who moves whom"</h3>
            <svg class="graph" viewBox=format!("-2 -2 {} {}", WIDTH_PX + 4.0, drawn.height_px + 4.0) aria-hidden="true">
                <defs>
                    <marker id="head" viewBox="0 0 8 8" refX="5" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" /></marker>
                    <marker id="head-lit" class="lit" viewBox="0 0 8 8" refX="5" refY="4" markerWidth="5" markerHeight="5" orient="auto"><path d="M0 0L8 4L0 8z" /></marker>
                </defs>
                {edges.collect_view()}
                {nodes.collect_view()}
            </svg>
            <ul class="unseen">{in_words.into_iter().map(|sentence| view! { <li>{sentence}</li> }).collect_view()}</ul>
            <p class="legend"><span class="key origin">"◉ likely origin"</span><span class="key lit">"the way it went"</span><span class="key">"known link"</span></p>
        </section>
    })
}

fn shortened(name: &str, room: usize) -> String {
    if name.chars().count() <= room {
        return name.to_string();
    }
    let kept: String = name.chars().take(room.saturating_sub(1).max(1)).collect();
    format!("{kept}…")
}
