//! A bar on a terminal; nothing elsewhere. It also notices that whoever waits for the result has gone.

use crate::base::Lang;
use crate::text;
use std::io::{IsTerminal as _, Write as _};
use std::os::unix::process::parent_id;

/// Width of the bar, in cells.
const WIDTH: usize = 30;

pub(super) struct Bar {
    lang: Lang,
    shown: bool,
    parent: u32,
}

impl Bar {
    pub(super) fn new(lang: Lang) -> Bar {
        Bar {
            lang,
            shown: std::io::stderr().is_terminal(),
            parent: parent_id(),
        }
    }

    /// Draws `done` of `all`.
    pub(super) fn show(&self, done: usize, all: usize) {
        if !self.shown {
            return;
        }
        let filled = (WIDTH * done.min(all)).checked_div(all).unwrap_or(WIDTH);
        let bar = "#".repeat(filled) + &"-".repeat(WIDTH - filled);
        let words = text!("lab-progress", done = done, all = all).render(self.lang);
        // A bar that cannot be drawn is no reason to stop.
        let _ = write!(std::io::stderr(), "\r[{bar}] {words}\u{1b}[K");
    }

    /// Takes the bar away.
    pub(super) fn clear(&self) {
        if self.shown {
            let _ = write!(std::io::stderr(), "\r\u{1b}[K"); // as above
        }
    }

    /// Whether the process that started us is still there: one that was killed leaves nothing running behind it.
    pub(super) fn awaited(&self) -> bool {
        parent_id() == self.parent
    }
}
