//! A small graph in rows: causes above their effects.

/// The height of a node, and between rows.
pub const NODE_PX: f64 = 30.0;
const ROW_GAP_PX: f64 = 30.0;
const COLUMN_GAP_PX: f64 = 10.0;
/// Nodes are no wider, and no narrower: what does not fit goes into another row.
const NODE_MOST_PX: f64 = 170.0;
const NODE_LEAST_PX: f64 = 104.0;

/// Where everything goes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Graph {
    /// How tall it is.
    pub height_px: f64,
    /// In the order of what was given.
    pub nodes: Vec<Node>,
    /// In the order of what was given.
    pub edges: Vec<String>,
}

/// A rectangle.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Node {
    /// Its left edge.
    pub left_px: f64,
    /// Its upper edge.
    pub top_px: f64,
    /// Its width; its height is [`NODE_PX`].
    pub width_px: f64,
}

/// Places `count` nodes, so that as many links as possible lead down. Links are pairs of places.
pub fn graph(count: usize, links: &[(usize, usize)], width_px: f64) -> Graph {
    let mut rows: Vec<Vec<usize>> = Vec::new();
    let per_row = ((width_px + COLUMN_GAP_PX) / (NODE_LEAST_PX + COLUMN_GAP_PX)).floor().max(1.0) as usize;
    let depths = depths(count, links);
    for depth in 0..=depths.iter().copied().max().unwrap_or(0) {
        let mut layer: Vec<usize> = (0..count).filter(|&node| depths[node] == depth).collect();
        // Below its causes, so that few links cross.
        let place = |node: usize| {
            let above = links.iter().filter(|(from, to)| *to == node && depths[*from] < depth);
            let places: Vec<usize> = above.filter_map(|(from, _)| place_in(&rows, *from)).collect();
            places.iter().sum::<usize>() * 100 / places.len().max(1)
        };
        layer.sort_by_key(|&node| (place(node), node));
        rows.extend(layer.chunks(per_row).map(<[usize]>::to_vec));
    }
    let mut nodes = vec![Node::default(); count];
    for (row, members) in rows.iter().enumerate() {
        let many = members.len() as f64;
        let width = ((width_px - COLUMN_GAP_PX * (many - 1.0)) / many).min(NODE_MOST_PX);
        let used = width * many + COLUMN_GAP_PX * (many - 1.0);
        for (column, &node) in members.iter().enumerate() {
            let left_px = (width_px - used) / 2.0 + column as f64 * (width + COLUMN_GAP_PX);
            nodes[node] = Node { left_px, top_px: row as f64 * (NODE_PX + ROW_GAP_PX), width_px: width };
        }
    }
    let edges = links.iter().map(|&(from, to)| edge(nodes[from], nodes[to])).collect();
    let height_px = (rows.len() as f64 * (NODE_PX + ROW_GAP_PX) - ROW_GAP_PX).max(0.0);
    Graph { height_px, nodes, edges }
}

fn place_in(rows: &[Vec<usize>], node: usize) -> Option<usize> {
    rows.iter().find_map(|row| row.iter().position(|member| *member == node))
}

/// The longest way down to each node. Where links go in a circle it is cut after as many steps as there are nodes.
fn depths(count: usize, links: &[(usize, usize)]) -> Vec<usize> {
    let mut depths = vec![0; count];
    for _ in 1..count {
        for &(from, to) in links {
            if from != to && depths[to] <= depths[from] && depths[from] + 1 < count {
                depths[to] = depths[from] + 1;
            }
        }
    }
    // No row stays empty.
    let mut used: Vec<usize> = depths.clone();
    used.sort_unstable();
    used.dedup();
    depths.iter().map(|depth| used.partition_point(|other| other < depth)).collect()
}

/// From the lower edge of one to the upper edge of the other; sideways around where the other is not below.
fn edge(from: Node, to: Node) -> String {
    let [x1, x2] = [from, to].map(|node| node.left_px + node.width_px / 2.0);
    let y1 = from.top_px + NODE_PX;
    let y2 = to.top_px - 3.0;
    let bend = ((y2 - y1) / 2.0).abs().max(14.0);
    format!("M{x1:.1} {y1:.1}C{x1:.1} {:.1} {x2:.1} {:.1} {x2:.1} {y2:.1}", y1 + bend, y2 - bend)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_stand_above_their_effects() {
        let links = [(0, 1), (1, 2), (0, 2), (3, 2)];
        let graph = graph(5, &links, 340.0);
        for (from, to) in links {
            assert!(graph.nodes[from].top_px + NODE_PX < graph.nodes[to].top_px);
        }
        assert_eq!(graph.nodes[4].top_px, 0.0, "who has no cause stands in the first row");
        assert_eq!(graph.height_px, graph.nodes[2].top_px + NODE_PX);
    }

    #[test]
    fn a_circle_ends_and_nothing_overlaps_or_sticks_out() {
        let links = [(0, 1), (1, 2), (2, 0), (2, 3), (4, 4)];
        for width in [230.0, 320.0, 800.0] {
            let Graph { nodes, .. } = graph(12, &links, width);
            for (place, node) in nodes.iter().enumerate() {
                assert!(node.left_px >= -0.01 && node.left_px + node.width_px <= width + 0.01, "{node:?}");
                let overlaps = |other: &Node| {
                    other.top_px == node.top_px && (other.left_px - node.left_px).abs() < node.width_px
                };
                assert!(!nodes[place + 1..].iter().any(overlaps), "{width}: {nodes:?}");
            }
        }
        assert_eq!(graph(0, &[], 300.0), Graph::default());
    }
}
