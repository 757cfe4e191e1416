//! A table that is one JSON object, as pandas writes it: `split`, `columns`, `index`, `list`.

use super::choices::DateOrder;
use super::json::Node;
use super::time::parse_time;

/// What the labels of rows are called: nobody says it.
const INDEX: &str = "index";

/// The rows of the object, each as a line of comma-separated cells, the header first; `None` where it is no table.
pub(super) fn lines(object: &[u8]) -> Option<Vec<Vec<u8>>> {
    let Node::Map(map) = serde_json::from_slice(object).ok()? else { return None };
    let part = |name: &str| map.iter().find_map(|(key, node)| (key == name).then_some(node));
    let table = match (part("columns"), part("data")) {
        (Some(Node::List(names)), Some(Node::List(rows))) => {
            let labels = part(INDEX).and_then(list).map(|labels| labels.iter().map(text).collect());
            let rows = rows.iter().map(|row| Some(list(row)?.iter().map(text).collect()));
            labelled(
                names.iter().map(text).collect(),
                labels.unwrap_or_default(),
                rows.collect::<Option<_>>()?,
            )
        }
        _ => of_columns(&map).or_else(|| of_lists(&map))?,
    };
    Some(table.iter().map(|row| line(row)).collect())
}

/// An object of objects. The keys of either are labels of rows: numbers or times; those of the other name the columns.
fn of_columns(map: &[(String, Node)]) -> Option<Vec<Vec<String>>> {
    let maps: Vec<&[(String, Node)]> = map.iter().map(|(_, node)| fields(node)).collect::<Option<_>>()?;
    let (outer, inner): (Vec<&String>, Vec<&String>) =
        (map.iter().map(|(key, _)| key).collect(), maps.first()?.iter().map(|(key, _)| key).collect());
    let are_labels = |keys: &[&String]| !keys.is_empty() && keys.iter().all(|key| is_label(key));
    let is_by_row = match (are_labels(&outer), are_labels(&inner)) {
        (false, false) => return None,
        (true, true) => outer.len() > inner.len(),
        (is_by_row, _) => is_by_row,
    };
    let cell = |fields: &[(String, Node)], place: usize, key: &str| {
        let is_it = |field: &&(String, Node)| field.0 == key;
        let found = fields.get(place).filter(is_it).or_else(|| fields.iter().find(is_it));
        found.map(|(_, node)| text(node)).unwrap_or_default()
    };
    let (names, labels) = if is_by_row { (inner, outer) } else { (outer, inner) };
    let row = |row: usize| -> Vec<String> {
        let at = |place: usize| match is_by_row {
            true => cell(maps[row], place, names[place]),
            false => cell(maps[place], row, labels[row]),
        };
        (0..names.len()).map(at).collect()
    };
    let rows = (0..labels.len()).map(row).collect();
    let own = |keys: &[&String]| keys.iter().map(|key| (*key).clone()).collect();
    Some(labelled(own(&names), own(&labels), rows))
}

/// An object of lists, all as long.
fn of_lists(map: &[(String, Node)]) -> Option<Vec<Vec<String>>> {
    let lists: Vec<&[Node]> = map.iter().map(|(_, node)| list(node)).collect::<Option<_>>()?;
    let rows = lists.first()?.len();
    let is_table = rows > 1 && lists.iter().all(|list| list.len() == rows);
    let names: Vec<String> = map.iter().map(|(name, _)| name.clone()).collect();
    let row = |row: usize| lists.iter().map(|list| text(&list[row])).collect();
    is_table.then(|| labelled(names, Vec::new(), (0..rows).map(row).collect()))
}

/// Header and rows; with the labels in front, unless they only count.
fn labelled(names: Vec<String>, labels: Vec<String>, rows: Vec<Vec<String>>) -> Vec<Vec<String>> {
    let counts = labels.iter().enumerate().all(|(row, label)| *label == row.to_string());
    let mut table = vec![names];
    table.extend(rows);
    if !counts && labels.len() + 1 == table.len() {
        let firsts = std::iter::once(INDEX.to_string()).chain(labels);
        table.iter_mut().zip(firsts).for_each(|(row, first)| row.insert(0, first));
    }
    table
}

fn is_label(key: &str) -> bool {
    key.parse::<f64>().is_ok() || parse_time(key, DateOrder::default()).is_some()
}

fn list(node: &Node) -> Option<&[Node]> {
    if let Node::List(list) = node { Some(list) } else { None }
}

fn fields(node: &Node) -> Option<&[(String, Node)]> {
    if let Node::Map(fields) = node { Some(fields) } else { None }
}

/// A name of several levels is said in one word.
fn text(node: &Node) -> String {
    match node {
        Node::Text(text) => text.clone(),
        Node::List(list) => list.iter().map(text).collect::<Vec<_>>().join(" "),
        Node::Map(_) => String::new(),
    }
}

fn line(cells: &[String]) -> Vec<u8> {
    let quoted = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\"")));
    quoted.collect::<Vec<_>>().join(",").into_bytes()
}
