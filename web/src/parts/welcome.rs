//! The first screen: what this is, and the ways in.

use leptos::prelude::*;

use super::{OpenButton, Samples};
use crate::connect::may_connect;
use crate::link::Link;
use crate::sensors::LiveButton;

/// Shown until a file is opened.
#[component]
pub(crate) fn Welcome(link: Link) -> impl IntoView {
    view! {
        <section class="welcome" aria-label="Start">
            <p class="claim">"See what is abnormal in your data, and why."</p>
            <p>"Drop a table of measurements, or let this device measure. It all happens in this tab: no account, no upload."</p>
            {may_connect().then(|| view! {
                <p class="fault calm" data-test="may-connect">
                    "This page may send what the sensors say, to a Worker that you name. Nothing is sent before you do: begin with the sensors. "
                    <a href="./">"Back to the page that can not send"</a>
                </p>
            })}
            <div class="drop">
                <svg class="drop-art" viewBox="0 0 320 72" aria-hidden="true">
                    <rect class="art-band" x="196" y="2" width="22" height="68" rx="3" />
                    <path class="art-a" d="M2 24 C30 6 50 6 78 22 S130 40 158 24 190 12 200 20 L206 4 212 30 C230 14 262 10 318 26" />
                    <path class="art-b" d="M2 56 C34 44 60 64 92 54 S160 46 194 56 M222 58 C250 48 280 64 318 52" />
                </svg>
                <p>"Drop a file anywhere on this page, or paste a table. CSV, TSV or JSON, gzip too."</p>
                <div class="open">
                    <OpenButton name="Choose a file" />
                    <LiveButton />
                </div>
            </div>
            <Samples link=link />
            <ul class="promises">
                <li><b>"Nothing leaves this device."</b>" The byte counter below shows it. It works offline, too."</li>
                <li><b>"No set-up."</b>" Columns, times, zones and separators are guessed, shown, and yours to correct."</li>
                <li><b>"Silence counts."</b>" An empty cell is a gap, never a zero, and an unusual gap is a finding."</li>
            </ul>
        </section>
    }
}
