//! Did you mean ...? The nearest of some names by edit distance.

/// The candidate nearest to `typed`, if it is near enough (at most a third of its length, at least one edit allowed).
#[must_use]
pub fn nearest<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (typed.chars().count() / 3).clamp(1, 3);
    candidates
        .into_iter()
        .map(|candidate| (distance(typed, candidate), candidate))
        .filter(|&(d, _)| d <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Levenshtein distance in characters, case ignored for ASCII.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().map(|c| c.to_ascii_lowercase()).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().map(|c| c.to_ascii_lowercase()).enumerate() {
        let mut previous = i;
        let mut left = i + 1;
        for (cb, slot) in b.iter().zip(row.iter_mut().skip(1)) {
            let substitute = previous + usize::from(ca != *cb);
            previous = *slot;
            left = substitute.min(previous + 1).min(left + 1);
            *slot = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_found_and_a_stranger_is_not() {
        assert_eq!(
            nearest("端末_取报", ["端末_取扱", "端末_一般"]),
            Some("端末_取扱")
        );
        assert_eq!(nearest("proxi", ["proxy", "print"]), Some("proxy"));
        assert_eq!(nearest("zzz", ["proxy", "print"]), None);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
