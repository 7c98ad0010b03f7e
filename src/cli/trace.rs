//! `aclc trace CONFIG --acl NAME --packets FILE` and `aclc trace POLICY --packet JSON [--from ZONE]`

use super::args::{Format, Trace};
use super::session::{Outcome, Session};
use super::verify::configs;
use super::{Exit, input};
use crate::base::{Diagnostic, Text};
use crate::job::trace_acl::Tracer;
use crate::job::{self, Options, read};
use crate::reach::TraceEnd;
use crate::report::outcome::{TraceError, TraceLine};
use crate::report::{convert, json, packet, text};
use crate::text;
use std::io::{self, BufRead as _, BufReader, BufWriter, Read, Write};
use std::path::Path;

pub(super) fn run(session: &mut Session<'_, '_>, args: &Trace, options: &Options) -> Outcome {
    match (&args.acl, &args.packets, &args.packet) {
        (Some(acl), Some(packets), _) => one_list(session, &args.file, acl, packets, options),
        (_, _, Some(packet)) => network(session, args, packet, options),
        _ => Err(vec![Diagnostic::error(text!("trace-what"))]),
    }
}

fn network(
    session: &mut Session<'_, '_>,
    args: &Trace,
    packet: &str,
    options: &Options,
) -> Outcome {
    let flow = packet::parse(packet)
        .map_err(|why| vec![bad_packet(why)])?
        .flow;
    let policy = input::policy(session, &args.file)?;
    let configs = configs(session, args.configs.as_deref())?;
    let outcome = job::trace_network::trace(
        &session.sources,
        policy,
        configs.as_deref(),
        &flow,
        args.from.as_deref(),
        options,
    )?;
    session.remark(&outcome.diagnostics);
    let report = convert::trace(session.words(), &flow, &outcome);
    session.print(&report, text::trace);
    Ok(match outcome.trace.end {
        TraceEnd::Arrives | TraceEnd::Local | TraceEnd::Dropped => Exit::Clean,
        TraceEnd::Unknown => Exit::Unknown,
    })
}

fn bad_packet(why: Text) -> Diagnostic {
    Diagnostic::error(text!("packet", why = why))
}

fn one_list(
    session: &mut Session<'_, '_>,
    config: &Path,
    acl: &str,
    packets: &Path,
    options: &Options,
) -> Outcome {
    let single = |error: Box<Diagnostic>| vec![*error];
    let capture = input::capture(session, config).map_err(single)?;
    let device = read::device(&session.sources, capture.file, options).map_err(single)?;
    let tracer = Tracer::new(&device, &input::shown(config), acl).map_err(single)?;
    let stream = Stream::new(session, packets);
    let mut exit = Exit::Clean;
    let written = if packets == Path::new("-") {
        input::claim_stdin(session).map_err(single)?;
        let io = &mut session.io;
        stream.run(&mut *io.stdin, &mut *io.stdout, &tracer, &mut exit)
    } else {
        let file = input::open(session, packets).map_err(single)?;
        stream.run(file, &mut *session.io.stdout, &tracer, &mut exit)
    };
    session.printed(written);
    Ok(exit)
}

/// What stands in the place of a packet.
enum Answer {
    /// The answer.
    Line(Box<TraceLine>),
    /// It is no packet.
    Wrong(Text),
    /// Reading ends here.
    Last(Text),
}

/// Packets in, answers out, a line each, so that a reader never waits for more than the next packet.
struct Stream {
    path: String,
    look: text::Look,
    format: Format,
}

impl Stream {
    fn new(session: &Session<'_, '_>, packets: &Path) -> Stream {
        Stream {
            path: input::shown(packets),
            look: session.look(),
            format: session.format,
        }
    }

    /// `exit` is that of the lines so far.
    fn run(
        &self,
        input: impl Read,
        output: &mut dyn Write,
        tracer: &Tracer,
        exit: &mut Exit,
    ) -> io::Result<()> {
        let mut reader = BufReader::with_capacity(1 << 16, input.take(input::LIMIT + 1));
        let mut writer = BufWriter::with_capacity(1 << 16, output);
        let mut line = Vec::new();
        let (mut number, mut total) = (0u64, 0u64);
        loop {
            line.clear();
            number += 1;
            let read = reader.read_until(b'\n', &mut line);
            total += *read.as_ref().unwrap_or(&0) as u64;
            let answer = match read {
                Ok(0) => break,
                Ok(_) if total > input::LIMIT => {
                    Answer::Last(text!("file-too-large", path = &self.path))
                }
                Ok(_) => self.answer(&line, tracer),
                Err(error) => Answer::Last(text!(
                    "file-unreadable",
                    path = &self.path,
                    why = error.to_string()
                )),
            };
            if !matches!(answer, Answer::Line(_)) {
                *exit = Exit::CannotRun;
            }
            writer.write_all(self.print(number, &answer).as_bytes())?;
            if matches!(answer, Answer::Last(_)) {
                break;
            }
            if reader.buffer().is_empty() {
                writer.flush()?;
            }
        }
        writer.flush()
    }

    fn answer(&self, line: &[u8], tracer: &Tracer) -> Answer {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match self.look_up(line, tracer) {
            Ok(line) => Answer::Line(Box::new(line)),
            Err(why) => Answer::Wrong(why),
        }
    }

    fn look_up(&self, line: &[u8], tracer: &Tracer) -> Result<TraceLine, Text> {
        let line = std::str::from_utf8(line).map_err(|_| text!("packet-not-utf8"))?;
        let given = packet::parse(line)?;
        let answer = tracer.answer(&given.flow)?;
        let lang = self.look.lang;
        Ok(convert::trace_line(
            lang,
            &given.flow,
            given.object,
            &answer,
        ))
    }

    fn print(&self, number: u64, answer: &Answer) -> String {
        let why = match (answer, self.format) {
            (Answer::Line(line), Format::Json) => return json::render(&**line),
            (Answer::Line(line), _) => return text::trace_line(self.look, line),
            (Answer::Wrong(why) | Answer::Last(why), _) => why,
        };
        let error = convert::packet_error(self.look.lang, &self.path, number, why);
        match self.format {
            Format::Json => json::render(&TraceError { error }),
            _ => text::trace_error(self.look, number, &error),
        }
    }
}
