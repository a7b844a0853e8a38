//! A place for a label: beside its curve, on nothing, and as far from the other curves as can be.

/// A rectangle: left, top, right, bottom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Area {
    pub left: i32,
    pub top: i32,
    pub right: i32,
    pub bottom: i32,
}

impl Area {
    /// The rectangle of that size whose left edge stands at `left`, level with `middle`.
    pub(super) fn level(left: i32, middle: i32, (width, height): (i32, i32)) -> Area {
        let top = middle - height / 2;
        Area { left, top, right: left + width, bottom: top + height }
    }

    /// The rectangle that two places span.
    pub(super) fn spanned((x0, y0): (i32, i32), (x1, y1): (i32, i32)) -> Area {
        Area { left: x0.min(x1), top: y0.min(y1), right: x0.max(x1), bottom: y0.max(y1) }
    }

    /// How far apart two rectangles lie along the axis that parts them more; 0 when they touch.
    fn distance(&self, other: &Area) -> i32 {
        let across = (other.left - self.right).max(self.left - other.right);
        let down = (other.top - self.bottom).max(self.top - other.bottom);
        across.max(down).max(0)
    }

    fn within(&self, other: &Area) -> bool {
        self.left >= other.left
            && self.right <= other.right
            && self.top >= other.top
            && self.bottom <= other.bottom
    }
}

/// A curve of steps: its corners, from left to right.
pub(super) type Corners = Vec<(i32, i32)>;

/// Places one label for each curve, or `None` where there is no room.
///
/// `sizes` are those of the labels. No label touches a curve, another label or the edge of `room`;
/// the level lines at `rules` are avoided where that is possible.
pub(super) fn beside(
    curves: &[Corners],
    sizes: &[(i32, i32)],
    room: Area,
    rules: &[i32],
    gap: i32,
) -> Vec<Option<Area>> {
    let strokes: Vec<Vec<Area>> = curves.iter().map(|corners| strokes(corners)).collect();
    let mut placed: Vec<Option<Area>> = Vec::new();
    for (own, (corners, size)) in curves.iter().zip(sizes).enumerate() {
        let mut best: Option<(i32, Area)> = None;
        for area in candidates(corners, *size, gap) {
            if !area.within(&room) {
                continue;
            }
            let nearest = |areas: &[Area]| areas.iter().map(|other| area.distance(other)).min();
            if nearest(&strokes[own]).is_some_and(|distance| distance < gap / 2) {
                continue;
            }
            let labels = placed.iter().flatten().map(|other| area.distance(other));
            let curves = (0..curves.len()).filter(|curve| *curve != own);
            let curves = curves.filter_map(|curve| nearest(&strokes[curve]));
            let clear = labels.chain(curves).min().unwrap_or(i32::MAX).min(8 * gap);
            let ruled = rules.iter().any(|rule| (area.top..area.bottom).contains(rule));
            let merit = if ruled { clear - 2 * gap } else { clear };
            if clear >= gap && best.is_none_or(|(most, _)| merit > most) {
                best = Some((merit, area));
            }
        }
        placed.push(best.map(|(_, area)| area));
    }
    placed
}

fn strokes(corners: &[(i32, i32)]) -> Vec<Area> {
    corners.windows(2).map(|pair| Area::spanned(pair[0], pair[1])).collect()
}

/// Places beside a curve, those in its middle first.
fn candidates(corners: &[(i32, i32)], size: (i32, i32), gap: i32) -> Vec<Area> {
    let (width, height) = size;
    let count = corners.len().saturating_sub(1);
    let stride = (count / 64).max(1);
    let mut order: Vec<usize> = (0..count).step_by(stride).collect();
    order.sort_by_key(|place| (count / 2).abs_diff(*place));
    let mut found = Vec::new();
    for place in order {
        let ((x0, y0), (x1, y1)) = (corners[place], corners[place + 1]);
        if x0 == x1 {
            for quarter in [2, 1, 3] {
                let middle = y0 + (y1 - y0) * quarter / 4;
                found.push(Area::level(x0 + gap, middle, size));
                found.push(Area::level(x0 - gap - width, middle, size));
            }
            found.push(Area::level(x0 + gap, y1 + gap + height / 2, size));
            found.push(Area::level(x0 - gap - width, y1 - gap + height / 2, size));
        } else {
            for left in [x0 + (x1 - x0 - width) / 2, x0 + gap, x1 - gap - width] {
                found.push(Area::level(left, y0 - gap / 2 - height / 2, size));
                found.push(Area::level(left, y0 + gap / 2 + height / 2, size));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: Area = Area { left: 0, top: 0, right: 1_000, bottom: 1_000 };

    #[test]
    fn labels_touch_neither_curves_nor_each_other() {
        let curves = vec![
            vec![(0, 1_000), (200, 1_000), (200, 0), (1_000, 0)],
            vec![(0, 1_000), (500, 1_000), (500, 500), (700, 500), (700, 0), (1_000, 0)],
        ];
        let placed = beside(&curves, &[(120, 40), (120, 40)], ROOM, &[], 10);
        let placed: Vec<Area> = placed.into_iter().map(|area| area.unwrap()).collect();
        assert!(placed[0].distance(&placed[1]) > 0);
        for area in &placed {
            for corners in &curves {
                assert!(strokes(corners).iter().all(|stroke| stroke.distance(area) > 0));
            }
            assert!(area.within(&ROOM));
        }
    }

    #[test]
    fn a_level_line_is_avoided_when_there_is_another_place() {
        let curves = vec![vec![(0, 1_000), (200, 1_000), (200, 0), (1_000, 0)]];
        let area = beside(&curves, &[(120, 40)], ROOM, &[500], 10)[0].unwrap();
        assert!(!(area.top..area.bottom).contains(&500), "{area:?} lies on the line");
    }

    #[test]
    fn a_label_without_room_is_given_up() {
        let curves = vec![vec![(0, 1_000), (200, 1_000), (200, 0), (1_000, 0)]];
        assert_eq!(beside(&curves, &[(2_000, 40)], ROOM, &[], 10), [None]);
    }
}
