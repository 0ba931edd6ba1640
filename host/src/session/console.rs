//! The console of a session: its input, its output, and the reading of statements between them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::Notify;
use tokio::sync::futures::Notified;

use crate::chunk::Chunk;
use crate::config::VmConfig;
use crate::error::{Error, ErrorKind, Result};
use crate::manager::Observer;
use crate::outcome::{Failure, Outcome};
use crate::runtime::yield_once;
use crate::stream::{InputQueue, Place, Stdin};
use crate::vm::Vm;

use super::ring::{Ring, RingWriter};
use super::sent::Sent;
use super::statement::Statement;

/// What Lua's messages call a line.
const NAME: &str = "=stdin";

/// What a session reads from and writes to. Everything in it is bounded.
pub(crate) struct Console {
    pub output: Arc<Ring>,
    pub input: Arc<InputQueue>,
    changed: Arc<Notify>,
    progress: Mutex<Progress>,
}

struct Progress {
    statement: Statement,
    /// Pieces of input that were accepted and have not run.
    pending: u64,
    /// The status of `os.exit`, which ends the session.
    exit: Option<i32>,
    /// When input came last, or had run, or a client came.
    active: Instant,
}

/// What is left of a console between two processes.
#[derive(Default)]
pub(crate) struct Kept {
    /// The position of the first byte of output.
    pub output_start: u64,
    pub output: Vec<u8>,
    /// The lines of a statement that is only begun.
    pub pending: Vec<u8>,
    pub exit: Option<i32>,
}

/// Input that was accepted. Counts as pending until it is dropped, whether it was run or not.
pub(crate) struct Ticket {
    console: Arc<Console>,
    place: Place,
}

impl Console {
    /// A console whose output and input hold so many bytes.
    pub fn new(output: usize, input: usize) -> Console {
        Console::resumed(output, input, Kept::default())
    }

    /// A console that goes on where an earlier one was.
    pub fn resumed(output: usize, input: usize, kept: Kept) -> Console {
        let changed: Arc<Notify> = Arc::default();
        let input = Arc::new(InputQueue::new(input, changed.clone()));
        Console {
            output: Arc::new(Ring::resumed(output, changed.clone(), kept.output_start, &kept.output)),
            changed,
            progress: Mutex::new(Progress {
                statement: Statement::resumed(kept.pending, input.emptied()),
                pending: 0,
                exit: kept.exit,
                active: Instant::now(),
            }),
            input,
        }
    }

    /// What it takes to go on from here. Input that has not run is no part of it: its job was not
    /// acknowledged, and who sends it again would run it twice.
    pub fn kept(&self) -> Kept {
        let (output_start, output) = self.output.kept();
        let progress = self.progress();
        let current = progress.statement.emptied() == self.input.emptied();
        let pending = if current { progress.statement.source().to_vec() } else { Vec::new() };
        Kept { output_start, output, pending, exit: progress.exit }
    }

    /// Makes a VM's standard streams those of this console.
    pub fn given_to(&self, config: VmConfig) -> VmConfig {
        let writer = RingWriter(self.output.clone());
        config.stdout(writer.clone()).stderr(writer).stdin(Stdin::queue(self.input.clone()))
    }

    /// Queues input.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::QueueFull`], and [`ErrorKind::Ended`] behind `os.exit`.
    pub fn push(self: &Arc<Console>, input: &[u8]) -> Result<Ticket> {
        self.check_going()?;
        let place = self.input.push(input)?;
        let mut progress = self.progress();
        progress.pending += 1;
        progress.active = Instant::now();
        drop(progress);
        Ok(Ticket { console: self.clone(), place })
    }

    /// Drops all input that has not run, and the statement that is only begun. A statement that runs has
    /// to be interrupted behind this.
    pub fn clear(&self) {
        self.input.clear();
        self.progress().statement = Statement::default();
    }

    /// Another Lua state has come: no statement is begun, and nothing has ended the session.
    pub fn begin_anew(&self) {
        let mut progress = self.progress();
        (progress.statement, progress.exit) = (Statement::default(), None);
        drop(progress);
        self.notify();
    }

    /// Whether all input has run, or has to wait for more.
    pub fn is_idle(&self) -> bool {
        self.progress().pending == 0 || self.input.is_awaited()
    }

    /// Whether a statement is only begun.
    pub fn is_unfinished(&self) -> bool {
        let progress = self.progress();
        progress.statement.is_begun() && progress.statement.emptied() == self.input.emptied()
    }

    /// The status that `os.exit` ended the session with.
    pub fn exit(&self) -> Option<i32> {
        self.progress().exit
    }

    /// What is said of a session that `os.exit` has ended.
    pub fn ended(&self) -> Error {
        let status = self.exit().unwrap_or_default();
        Error::new(
            ErrorKind::Ended,
            format!(
                "the session has ended: `os.exit` left with status {status}; terminate it and create it anew"
            ),
        )
    }

    /// When input came last, or had run, or a client came.
    pub fn active(&self) -> Instant {
        self.progress().active
    }

    /// A client came.
    pub fn touch(&self) {
        self.progress().active = Instant::now();
    }

    /// Ready behind the next change of output, input or progress. Has to be enabled before whatever
    /// changes is looked at.
    pub fn changed(&self) -> Notified<'_> {
        self.changed.notified()
    }

    /// Tells everybody who waits for a change to look again.
    pub fn notify(&self) {
        self.changed.notify_waiters();
    }

    fn check_going(&self) -> Result<()> {
        if self.exit().is_some() { Err(self.ended()) } else { Ok(()) }
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The statement that earlier input began, unless an interrupt came since.
    fn take_statement(&self) -> Statement {
        let emptied = self.input.emptied();
        let statement = std::mem::take(&mut self.progress().statement);
        if statement.emptied() == emptied { statement } else { Statement::new(emptied) }
    }
}

impl Ticket {
    pub fn place(&self) -> Place {
        self.place
    }

    /// Runs the input, and whatever was sent before it.
    pub async fn run(self, vm: &mut Vm, observer: Observer) -> Result<Sent> {
        let console = &self.console;
        console.check_going()?;
        let mut sent = Sent::default();
        let mut statement = console.take_statement();
        while let Some(line) = self.next_line(&statement) {
            statement.push(&line);
            let outcome = self.attempt(vm, &statement, &observer).await?;
            statement = self.settle(statement, outcome, &mut sent);
            yield_once().await; // short statements follow each other without a pause of their own
        }
        sent.unfinished = statement.unfinished.clone();
        sent.interrupted |= sent.exit.is_none() && self.is_interrupted();
        console.progress().statement = statement;
        Ok(sent)
    }

    /// Blank lines between statements never reach the guest.
    fn next_line(&self, statement: &Statement) -> Option<Vec<u8>> {
        let input = &self.console.input;
        if !statement.is_begun() {
            input.skip_blank_lines();
        }
        input.line(self.place.end)
    }

    /// Tries to run a statement. What follows it is dropped when the host could not.
    async fn attempt(&self, vm: &mut Vm, statement: &Statement, observer: &Observer) -> Result<Outcome> {
        let chunk = Chunk::new(statement.source()).name(NAME);
        let outcome = observer.call(vm.line_again(chunk, statement.spent)).await;
        outcome.inspect_err(|_| self.console.input.clear())
    }

    fn is_interrupted(&self) -> bool {
        self.console.input.emptied() != self.place.emptied
    }

    /// What follows from an attempt: the statement that then is on its way.
    fn settle(&self, mut statement: Statement, outcome: Outcome, sent: &mut Sent) -> Statement {
        let console = &self.console;
        let next = Statement::new(self.place.emptied);
        match outcome.result {
            Ok(_) => sent.succeeded(),
            Err(Failure::Syntax { message, incomplete: true }) => {
                statement.spent = outcome.usage;
                statement.unfinished = Some(message);
                return statement;
            }
            Err(Failure::Exit(status)) => {
                sent.succeeded();
                sent.exit = Some(status);
                console.progress().exit = Some(status);
                console.input.clear();
            }
            Err(failure) => {
                console.output.line(&report(&failure));
                if failure == Failure::Interrupted {
                    sent.interrupted = true;
                    self.drop_rest();
                }
                sent.failed(failure);
            }
        }
        next
    }

    /// The session's own interrupt has dropped the rest already, and what is queued came after it.
    fn drop_rest(&self) {
        if !self.is_interrupted() {
            self.console.input.clear();
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut progress = self.console.progress();
        progress.pending -= 1;
        progress.active = Instant::now();
        drop(progress);
        self.console.notify();
    }
}

/// What the reference interpreter prints, and one line for what it does not know.
fn report(failure: &Failure) -> String {
    match failure.is_hard_stop() {
        true => format!("{failure}; everything is as before the line"),
        false => failure.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::sync::OnceLock;
    use std::task::Poll;
    use std::time::Duration;

    use super::*;
    use crate::config::OnStop;
    use crate::engine::Engine;
    use crate::limits::{Limits, Resource};

    struct Tried {
        console: Arc<Console>,
        vm: Vm,
    }

    impl Tried {
        fn new(limits: Limits) -> Tried {
            static ENGINE: OnceLock<Engine> = OnceLock::new();
            let engine = ENGINE.get_or_init(|| Engine::new().unwrap());
            let console = Arc::new(Console::new(256 << 10, 1 << 20));
            let config = VmConfig::default().limits(limits).on_stop(OnStop::RollBack);
            Tried { vm: Vm::new(engine, console.given_to(config)).unwrap(), console }
        }

        fn send(&mut self, input: &str) -> Sent {
            let ticket = self.console.push(input.as_bytes()).unwrap();
            at_once(ticket.run(&mut self.vm, Observer::new(tracing::Span::none(), 0)))
        }

        fn output(&self) -> String {
            self.console.output.read_from(0).to_text().into_owned()
        }
    }

    /// Polls a future until it is ready.
    fn at_once<T>(future: impl Future<Output = Result<T>>) -> T {
        struct Unpark(std::thread::Thread);
        impl std::task::Wake for Unpark {
            fn wake(self: Arc<Self>) {
                self.0.unpark();
            }
        }
        let waker = Arc::new(Unpark(std::thread::current())).into();
        let mut context = std::task::Context::from_waker(&waker);
        let mut future = pin!(future);
        loop {
            match future.as_mut().poll(&mut context) {
                Poll::Ready(output) => return output.unwrap(),
                Poll::Pending => std::thread::park(),
            }
        }
    }

    #[track_caller]
    fn check(inputs: &[&str], output: &str) {
        let mut tried = Tried::new(Limits::default());
        for input in inputs {
            tried.send(input);
        }
        assert_eq!(tried.output(), output);
    }

    #[test]
    fn statements_and_expressions_follow_each_other() {
        check(&["x = 42\nprint('Value:', x)\n"], "Value:\t42\n");
        check(&["1 + 1\n=2\nnil\n'a', 'b'"], "2\n2\nnil\na\tb\n");
        check(&["x = 1\r\n\r\nx\r\n"], "1\n");
        check(&["", "\n\n", "  ", "-- nothing\n"], "");
    }

    #[test]
    fn a_statement_may_have_many_lines_and_pieces() {
        check(&["for i = 1, 2 do\n", "print(i)", "\n", "end"], "1\n2\n");
        check(&["s = [[a\n\nb]]\n#s\nprint(s)"], "4\na\n\nb\n");
    }

    #[test]
    fn only_a_first_line_prints_what_an_expression_gives() {
        check(&["math.max(1,", "2)", "=math.max(1,", "2)", "return 3,", "4"], "2\n3\t4\n");
    }

    #[test]
    fn errors_print_their_traceback_and_the_next_line_runs() {
        let expected = "stdin:1: a\nstack traceback:\n\t[C]: in function 'error'\n\tstdin:1: in main chunk\n\t[C]: in ?\n\
                        stdin:1: syntax error near 'x'\nb\n";
        check(&["error('a')\nx x\nprint('b')"], expected);
    }

    #[test]
    fn errors_name_the_line_of_the_statement() {
        let mut tried = Tried::new(Limits::default());
        let sent = tried.send("print(\n1,\nerror('a')\n)");
        assert!(tried.output().starts_with("stdin:3: a\n"), "{}", tried.output());
        assert_eq!((sent.statements, sent.failed, sent.failures.len()), (1, 1, 1));
    }

    #[test]
    fn both_streams_come_in_the_order_of_writing() {
        check(&["io.write('a') io.stderr:write('b') io.write('c') io.stderr:write('d')"], "abcd");
    }

    #[test]
    fn reading_takes_the_following_lines() {
        check(&["x = io.read()\nline of input\nprint(x)"], "line of input\n");
        check(&["x, y = io.read('l', 'L')\na\nb\nprint(x, y)"], "a\tb\n\n");
    }

    #[test]
    fn what_is_not_read_of_a_line_is_the_next_statement() {
        check(&["x = io.read('n')\n42 print('rest', x)\nprint('next')"], "rest\t42\nnext\n");
        check(&["x = io.read('n')\n42\ny = io.read()\nline\nprint(x, y)"], "42\tline\n");
        check(&["x = io.read(3)\nabcy = x\ny"], "abc\n");
        check(
            &["x = io.read(1) error('no')\n1print('after')"],
            "stdin:1: no\nstack traceback:\n\t[C]: in function 'error'\n\tstdin:1: in main chunk\n\t[C]: in ?\nafter\n",
        );
    }

    #[test]
    fn a_limit_leaves_everything_as_before_the_line() {
        let mut tried = Tried::new(Limits { fuel: Some(10_000_000), ..Limits::default() });
        let sent = tried.send("x = 1\nx = 2; io.write('so far') while true do end\nprint(x)");
        assert_eq!((sent.statements, sent.failed), (3, 1));
        let output = tried.output();
        assert!(output.starts_with("so far\nlimit `fuel` reached: "), "{output}");
        assert!(output.ends_with("; everything is as before the line\n1\n"), "{output}");
    }

    #[test]
    fn attempts_at_one_statement_share_its_limits() {
        let mut tried = Tried::new(Limits { fuel: Some(100_000_000), ..Limits::default() });
        let sent = tried.send(&format!("x = {{\n{}", "1,\n".repeat(400)));
        assert_eq!(sent.failed, 0, "one attempt alone is far below");
        let sent = tried.send(&"1,\n".repeat(4_000));
        let Failure::Limit { resource: Resource::Fuel, used, limit } = sent.failures[0] else {
            panic!("{sent:?}")
        };
        assert!(used >= limit, "{used} of {limit}");
        tried.console.clear();
        tried.send("print('fine')");
        assert!(tried.output().ends_with("fine\n"));
    }

    #[test]
    fn a_statement_is_no_longer_than_a_source() {
        let mut tried = Tried::new(Limits { source: Some(100), ..Limits::default() });
        let sent = tried.send(&format!("x = '{}'\nx = [[\n{}\n]]\nx", "a".repeat(95), "b".repeat(100)));
        assert!(matches!(sent.failures[0], Failure::Limit { resource: Resource::Source, .. }));
        assert!(matches!(sent.failures[1], Failure::Limit { resource: Resource::Source, .. }), "{sent:?}");
    }

    #[test]
    fn leaving_ends_the_session() {
        let mut tried = Tried::new(Limits::default());
        let sent = tried.send("print(1) os.exit(7)\nprint(2)");
        assert_eq!((sent.exit, sent.interrupted), (Some(7), false));
        assert_eq!(tried.output(), "1\n");
        let error = tried.console.push(b"x").err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Ended);
    }

    #[test]
    fn an_interrupted_statement_takes_the_rest_with_it() {
        let mut tried = Tried::new(Limits::default());
        tried.send("for i = 1, 2 do");
        assert!(tried.console.is_unfinished());
        tried.console.clear();
        assert!(!tried.console.is_unfinished());
        tried.send("print('new')");
        assert_eq!(tried.output(), "new\n");
    }

    #[test]
    fn a_read_waits_under_the_deadline() {
        let time = Duration::from_millis(50);
        let mut tried = Tried::new(Limits { time: Some(time), ..Limits::default() });
        let sent = tried.send("x = io.read()");
        assert!(matches!(sent.failures[0], Failure::Limit { resource: Resource::Time, .. }));
        assert!(!tried.console.input.is_awaited());
    }

    #[test]
    fn blank_lines_cost_nothing() {
        let mut tried = Tried::new(Limits { fuel: Some(1), ..Limits::default() });
        assert_eq!(tried.send(&"\n".repeat(1_000_000)), Sent::default());
    }
}
