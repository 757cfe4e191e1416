//! The columns of the file: what each was taken for, and how its stream behaves.

use fourfold::schema::Kind;
use fourfold_web::table::Role;
use leptos::prelude::*;

use super::select;
use crate::link::Link;
use crate::session::Session;

/// As short as a list beside two other columns needs it.
const KINDS: [(Kind, &str); 4] = [
    (Kind::ContinuousSmooth, "changes slowly"),
    (Kind::ContinuousNoisy, "jumps about"),
    (Kind::DiscreteEvents, "counts events"),
    (Kind::Sporadic, "now and then"),
];

/// One row per column.
#[component]
pub(super) fn Columns(session: Session, link: Link) -> impl IntoView {
    let rows = move || {
        let columns = session.note.with(|note| note.plan.columns.clone());
        columns
            .into_iter()
            .map(|column| {
                let kind = session.timeline.with(|timeline| {
                    let stream = timeline.streams.iter().find(|stream| stream.name == column.name)?;
                    Some(stream.kind)
                });
                let roles = Role::ALL.map(|(role, name)| (format!("{role:?}"), name.to_string())).to_vec();
                let (of_role, of_kind) = (column.name.clone(), column.name.clone());
                let role = select(
                    format!("Role of {}", column.name),
                    format!("role-{}", column.name),
                    true,
                    roles,
                    format!("{:?}", column.role),
                    Box::new(move |value: String| {
                        let mut settings = session.settings.get_untracked();
                        if let Some((role, _)) =
                            Role::ALL.into_iter().find(|(role, _)| format!("{role:?}") == value)
                        {
                            settings.table.roles.insert(of_role.clone(), role);
                        }
                        link.reopen(settings);
                    }),
                );
                let kind = kind.map(|kind| {
                    let kinds = KINDS.map(|(kind, says)| (format!("{kind:?}"), says.to_string())).to_vec();
                    select(
                        format!("Behaviour of {}", column.name),
                        format!("kind-{}", column.name),
                        true,
                        kinds,
                        format!("{kind:?}"),
                        Box::new(move |value: String| {
                            let mut settings = session.settings.get_untracked();
                            if let Some((kind, _)) =
                                KINDS.into_iter().find(|(kind, _)| format!("{kind:?}") == value)
                            {
                                settings.kinds.insert(of_kind.clone(), kind);
                            }
                            link.reopen(settings);
                        }),
                    )
                });
                view! {
                    <tr>
                        <th scope="row"><b>{column.name}</b><small>{column.example}</small></th>
                        <td>{role}</td>
                        <td>{kind}</td>
                    </tr>
                }
            })
            .collect_view()
    };
    view! {
        <table class="columns" data-test="columns">
            <thead><tr><th scope="col">"Column"</th><th scope="col">"Role"</th><th scope="col">"Behaviour"</th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
}
