//! Bars that show how far work on packages is, on a terminal alone.

use std::sync::Mutex;

use bioxen_lua::{Environments, Progress};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// The same environments, showing their work on standard error when that is a terminal.
pub fn shown(environments: &Environments) -> Environments {
    let bar = Mutex::new(Bar::default());
    environments.with_progress(move |progress| {
        if let Ok(mut bar) = bar.lock() {
            bar.show(progress);
        }
    })
}

/// One bar, which appears with the first news and is gone with its owner.
#[derive(Default)]
struct Bar(Option<ProgressBar>);

impl Bar {
    fn show(&mut self, progress: &Progress) {
        let bar = self.0.get_or_insert_with(begin);
        match progress {
            Progress::Resolving => bar.set_message("choosing versions"),
            Progress::Fetching { name, version, number, of } => {
                bar.set_length(*of as u64);
                bar.set_position(number.saturating_sub(1) as u64);
                bar.set_message(format!("fetching {name} {version}"));
            }
            Progress::Fetched { .. } => bar.inc(1),
            Progress::Unpacking { name, version } => bar.set_message(format!("unpacking {name} {version}")),
            Progress::Installing { packages } => bar.set_message(format!("installing {packages} packages")),
            _ => {}
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

/// Hidden where standard error is no terminal.
fn begin() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {wide_msg}") {
        bar.set_style(style);
    }
    bar
}
