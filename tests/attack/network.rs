//! Networks: a guest has none, and the client of packages holds out against any server.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use bioxen_lua::testing::{Patience, RepositoriesSetup, repositories_with};
use bioxen_lua::{Error, ErrorKind, Limits, RefreshResult, Repositories, Repository, Trust, Vm, VmConfig};

use crate::case::{Case, Ending, Stage};
use crate::row::{alone, holding, of_refusal, refused, taking};
use crate::shared::authority::{Authority, Front};
use crate::shared::forged_zip::{forge, stored};
use crate::shared::server::{Reply, Request, Server, answer, redirect, served};
use crate::shared::shelf::small;

/// Servers here are near, or never answer.
const SHORT: Patience = Patience {
    connect: Duration::from_millis(500),
    read: Duration::from_millis(150),
    total: Duration::from_millis(400),
    pause: Duration::from_millis(1),
};

/// For servers that answer, with much.
const LONG: Patience = Patience { read: Duration::from_secs(5), total: Duration::from_secs(10), ..SHORT };

/// Ten times what it may take.
const LATE: Duration = Duration::from_secs(4);

/// What a manifest may take in memory: its file, and the VM that evaluates it.
const MANIFEST: u64 = 64 << 20;

type Script = fn(&Request) -> Reply;

/// Name, how the server answers, and words of the refusal.
type Row = (&'static str, Script, &'static str);

fn raw(text: impl Into<Vec<u8>>) -> Reply {
    Reply::Raw(text.into())
}

fn with(headers: &str) -> Reply {
    raw(format!("HTTP/1.1 200 OK\r\n{headers}\r\n\r\n{}", small().manifest()))
}

fn endless(head: &str, again: &[u8]) -> Reply {
    Reply::Endless { head: head.as_bytes().to_vec(), again: again.to_vec() }
}

fn drip(text: &str, pause: u64) -> Reply {
    Reply::Drip { bytes: text.as_bytes().to_vec(), pause: Duration::from_millis(pause) }
}

/// Only for the manifest that is no archive.
fn plain(request: &Request, reply: impl FnOnce() -> Reply) -> Reply {
    if request.path == "/manifest-5.4" { reply() } else { answer(404, "") }
}

const ANSWERS: &[Row] = &[
    ("N07_redirect_to_a_file", |_| redirect("file:///etc/passwd"), "another server"),
    (
        "N07_redirect_to_the_metadata_service",
        |_| redirect("http://169.254.169.254/latest/meta-data/"),
        "another server",
    ),
    ("N07_redirect_to_a_private_network", |_| redirect("http://10.0.0.1/"), "another server"),
    ("N07_redirect_to_any_address", |_| redirect("http://0.0.0.0/"), "another server"),
    ("N07_redirect_to_another_loopback", |_| redirect("http://127.0.0.2/"), "another server"),
    ("N07_redirect_to_mapped_loopback", |_| redirect("http://[::ffff:127.0.0.1]/"), "another server"),
    ("N07_redirect_to_loopback_of_six", |_| redirect("http://[::1]/"), "another server"),
    ("N07_redirect_to_another_port", |_| redirect("http://127.0.0.1:1/"), "another server"),
    ("N07_redirect_to_another_scheme", |_| redirect("https://127.0.0.1/"), "another server"),
    ("N07_redirect_without_a_scheme", |_| redirect("//example.org/"), "another server"),
    ("N07_redirect_to_data", |_| redirect("data:text/plain,x"), "another server"),
    ("N07_redirect_for_ever", |request| redirect(&format!("{}x", request.path)), "more than 3 redirects"),
    ("N07_redirect_to_itself", |request| redirect(&request.path), "more than 3 redirects"),
    ("N07_redirect_to_nowhere", |_| answer(302, ""), "redirect to nowhere"),
    ("N07_redirect_to_no_url", |_| redirect("http://[::1"), "redirect to nowhere"),
    (
        "N08_redirect_with_a_user",
        |request| redirect(&format!("http://good@{}/x", request.headers["host"])),
        "another server",
    ),
    (
        "N08_redirect_with_a_password",
        |request| redirect(&format!("http://{}:x@example.org/", request.headers["host"])),
        "another server",
    ),
    ("N08_redirect_with_backslashes", |_| redirect("\\\\example.org\\x"), "another server"),
    ("N08_redirect_with_a_tab", |_| redirect("http://127.0.0.1\t.example.org/"), "another server"),
    ("N08_redirect_with_a_trailing_dot", |_| redirect("http://localhost./"), "another server"),
    ("N09_two_lengths", |_| with("Content-Length: 5\r\nContent-Length: 6"), ""),
    ("N09_a_negative_length", |_| with("Content-Length: -1"), ""),
    ("N09_a_length_with_a_sign", |_| with("Content-Length: +5"), ""),
    ("N09_a_length_in_two_parts", |_| with("Content-Length: 5, 6"), ""),
    ("N09_a_length_of_128_bits", |_| with("Content-Length: 340282366920938463463374607431768211456"), ""),
    ("N09_a_header_without_a_name", |_| with(": x"), ""),
    ("N09_a_header_with_a_space", |_| with("X y: z"), ""),
    ("N09_a_folded_header", |_| with("X: y\r\n folded: z"), ""),
    ("N09_a_zero_byte_in_a_header", |_| with("X: a\0b"), ""),
    ("N09_no_status", |_| raw("HTTP/1.1 \r\n\r\n"), ""),
    ("N09_another_protocol", |_| raw("SSH-2.0-OpenSSH_9.2\r\n"), ""),
    ("N09_nothing_but_a_body", |_| raw(small().manifest()), ""),
    (
        "N09_a_chunk_of_2_to_the_64",
        |_| raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nx"),
        "",
    ),
    (
        "N09_a_chunk_that_is_no_number",
        |_| raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nabcde\r\n"),
        "",
    ),
    ("N10_a_hundred_thousand_headers", |_| with(&"X: y\r\n".repeat(100_000)), ""),
    (
        "N10_a_thousand_headers",
        |_| with(&(0..1_000).map(|at| format!("X{at}: y\r\n")).collect::<String>()),
        "",
    ),
    ("N10_a_header_of_a_mebibyte", |_| with(&format!("X: {}", "y".repeat(1 << 20))), ""),
    ("N10_a_header_name_of_70_kib", |_| with(&format!("{}: y", "x".repeat(70 << 10))), ""),
    ("N10_a_redirect_of_a_mebibyte", |_| redirect(&format!("/{}", "x".repeat(1 << 20))), ""),
    ("N10_a_header_without_end", |_| endless("HTTP/1.1 200 OK\r\nX: ", &[b'x'; 1 << 16]), ""),
    ("N10_headers_without_end", |_| endless("HTTP/1.1 200 OK\r\n", &b"X: y\r\n".repeat(10_000)), ""),
    ("N10_a_status_without_end", |_| endless("HTTP/1.1 200 ", &[b'O'; 1 << 16]), ""),
    (
        "N10_hints_without_end",
        |_| endless("", &b"HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n".repeat(1_000)),
        "",
    ),
    ("N11_a_body_of_100_gib", |_| with("Content-Length: 107374182400"), "more than"),
    ("N11_a_body_without_end", |_| endless("HTTP/1.1 200 OK\r\n\r\n", &[b'-'; 1 << 16]), ""),
    (
        "N11_chunks_without_end",
        |_| endless("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"5\r\n-----\r\n"),
        "",
    ),
    (
        "N11_empty_lines_for_a_chunk",
        |_| endless("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;", &[b'x'; 1 << 16]),
        "",
    ),
    ("N11_a_slow_head", |_| drip("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", 20), ""),
    (
        "N11_a_slow_body",
        |_| drip(&format!("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{}", "-".repeat(1000)), 5),
        "",
    ),
    ("N11_packed_by_gzip", |_| with("Content-Encoding: gzip\r\nContent-Length: 1"), "encoded as `gzip`"),
    ("N11_packed_twice", |_| with("Content-Encoding: gzip, br\r\nContent-Length: 1"), "encoded as"),
    ("N12_no_answer", |_| Reply::Hang(Vec::new()), ""),
    ("N12_half_a_head", |_| Reply::Hang(b"HTTP/1.1 200 OK\r\nX: y".to_vec()), ""),
    ("N12_half_a_body", |_| Reply::Hang(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf".to_vec()), ""),
    ("N12_closed_at_once", |_| raw(""), ""),
    ("N12_closed_in_the_head", |_| raw("HTTP/1.1 200 OK\r\nContent-"), ""),
    ("N12_closed_in_the_body", |_| raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"), ""),
    ("N12_closed_in_a_chunk", |_| raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhalf"), ""),
    ("N14_come_back_in_an_hour", |_| after("3600"), "status 503"),
    ("N14_come_back_before_now", |_| after("-1"), "status 503"),
    ("N14_come_back_at_no_time", |_| after("NaN"), "status 503"),
    ("N14_come_back_at_the_end_of_time", |_| after("18446744073709551615"), "status 503"),
    ("N14_come_back_beyond_all_numbers", |_| after("1e308"), "status 503"),
    ("N20_a_status_with_control_bytes", |_| raw("HTTP/1.1 500 \x1b[2J\x07\r\n\r\n"), ""),
    ("N20_an_encoding_with_control_bytes", |_| with("Content-Encoding: \x1b[2J"), ""),
    (
        "N20_an_encoding_that_is_no_text",
        |_| raw(b"HTTP/1.1 200 OK\r\nContent-Encoding: \xff\xfe\r\nContent-Length: 1\r\n\r\nx".to_vec()),
        "",
    ),
    ("N20_a_redirect_with_an_escape", |_| redirect("http://example.org/%1b[2J"), "another server"),
    ("P26_not_found", |_| answer(404, ""), "no manifest"),
    ("P26_gone", |_| answer(410, ""), "no manifest"),
    ("P26_forbidden", |_| answer(403, ""), "status 403"),
    ("P26_broken", |_| answer(500, ""), "status 500"),
    ("P26_too_many_requests", |_| answer(429, ""), "status 429"),
    ("P26_a_web_page", |_| answer(200, "<html>welcome"), "web page"),
    ("P26_unchanged_without_being_asked", |_| answer(304, ""), "status 304"),
];

fn after(time: &str) -> Reply {
    Reply::Answer { status: 503, headers: vec![("Retry-After".into(), time.into())], body: Vec::new() }
}

/// As before, where what is wrong is wrong with the manifest itself.
const MANIFESTS: &[(&str, Script, &str, &str)] = &[
    ("P21_no_lua", |request| plain(request, || answer(200, "x = (")), "ManifestInvalid", "manifest"),
    ("P21_bytecode", |request| plain(request, || answer(200, "\x1bLua\x54\0")), "ManifestInvalid", ""),
    (
        "P21_without_end",
        |request| plain(request, || answer(200, "while true do end")),
        "EvaluationLimit",
        "fuel",
    ),
    (
        "P21_a_bomb",
        |request| plain(request, || answer(200, "x = ('a'):rep(1 << 31 - 1)")),
        "EvaluationLimit",
        "memory",
    ),
    (
        "P21_of_66_mib",
        |request| plain(request, || endless("HTTP/1.1 200 OK\r\n\r\n", &[b' '; 1 << 16])),
        "RepositoryUnreachable",
        "more than",
    ),
    (
        "P21_deep_tables",
        |request| {
            plain(request, || answer(200, format!("repository = {}{}", "{".repeat(5000), "}".repeat(5000))))
        },
        "ManifestInvalid",
        "",
    ),
];

fn listed(name: &str, version: &str, arch: &str) -> Reply {
    answer(
        200,
        format!(
            "commands = {{}} modules = {{}} repository = {{ {name} = {{ {version} = {{ {{ arch = '{arch}' }} }} }} }}"
        ),
    )
}

pub fn cases() -> Vec<Case> {
    let answers = ANSWERS
        .iter()
        .map(|(name, script, words)| of(name, *script, ErrorKind::RepositoryUnreachable, words));
    let manifests = MANIFESTS.iter().map(|(name, script, kind, words)| {
        let kind = match *kind {
            "ManifestInvalid" => ErrorKind::ManifestInvalid,
            "EvaluationLimit" => ErrorKind::EvaluationLimit,
            _ => ErrorKind::RepositoryUnreachable,
        };
        taking(holding(waiting(name, *script, kind, words, LONG), 4 * MANIFEST), Duration::from_secs(20))
    });
    let servers = answers.chain(manifests);
    guests()
        .into_iter()
        .chain(addresses())
        .chain(notations())
        .chain(servers)
        .chain(more())
        .chain(proven())
        .map(alone)
        .collect()
}

fn open(stage: &Stage, patience: Patience) -> Result<Repositories> {
    let setup = RepositoriesSetup { patience, ..RepositoriesSetup::default() };
    Ok(repositories_with(stage.engine, &stage.work.join("root"), setup)?)
}

/// What a repository answers at its first use.
fn asked(stage: &Stage, repository: Repository) -> Result<RefreshResult> {
    asked_with(stage, repository, SHORT)
}

fn asked_with(stage: &Stage, repository: Repository, patience: Patience) -> Result<RefreshResult> {
    let repositories = open(stage, patience)?;
    repositories.add(repository).wait()?;
    Ok(repositories.refresh().wait()?.swap_remove(0).result)
}

/// A server that answers so, while another one must not be asked.
fn of(name: &'static str, script: Script, kind: ErrorKind, words: &'static str) -> Case {
    waiting(name, script, kind, words, SHORT)
}

fn waiting(
    name: &'static str,
    script: Script,
    kind: ErrorKind,
    words: &'static str,
    patience: Patience,
) -> Case {
    let case = refused(name, kind, words, move |stage| {
        let server = Server::start(script);
        let result =
            asked_with(stage, Repository::new("base", &server.url())?.with_trust(Trust::FirstUse), patience)?;
        ensure!(server.take_log().len() <= 16, "it was asked too often");
        Ok(failed(result))
    });
    taking(holding(case, MANIFEST), LATE)
}

fn failed(result: RefreshResult) -> Result<RefreshResult, Error> {
    match result {
        RefreshResult::Failed(error) => Err(error),
        other => Ok(other),
    }
}

/// A guest has no way to a network, whatever it calls.
fn guests() -> Vec<Case> {
    let script = |name: &'static str, script: &'static str| {
        Case::new(name, "ok", move |stage| {
            let listener = TcpListener::bind("127.0.0.1:0")?;
            listener.set_nonblocking(true)?;
            let port = listener.local_addr()?.port();
            let limits = Limits { time: Some(Duration::from_secs(5)), ..Limits::default() };
            let mut vm = Vm::new(stage.engine, VmConfig::default().limits(limits))?;
            let source = format!(
                "port = {port} local done = 0 local function try(f, ...) local ok, got = pcall(f, ...) \
                print(ok, got) if ok and got then done = done + 1 end end {script} return done"
            );
            let outcome = vm.exec(source).wait()?;
            ensure!(outcome.value::<i64>()? == 0, "something was done: {}", outcome.stdout);
            ensure!(listener.accept().is_err(), "somebody has connected");
            Ok(Ending::of_outcome(&outcome, Duration::from_secs(5), 64 << 20))
        })
    };
    vec![
        script(
            "N01_a_guest_with_modules",
            "for _, m in ipairs{'socket', 'socket.core', 'socket.http', 'ssl', 'http', 'net', 'copas', 'posix', 'wasi'} do try(require, m) end",
        ),
        script(
            "N01_a_guest_with_programs",
            "try(io.popen, 'nc 127.0.0.1 ' .. port) try(os.execute, 'nc 127.0.0.1 ' .. port) try(os.execute)",
        ),
        script(
            "N01_a_guest_with_libraries",
            "try(package.loadlib, '/usr/lib/x86_64-linux-gnu/libc.so.6', 'socket') try(package.loadlib, 'libc.so.6', '*')",
        ),
        script(
            "N15_a_guest_with_files",
            "for _, p in ipairs{'/dev/tcp/127.0.0.1/' .. port, 'tcp:127.0.0.1:' .. port, '/dev/udp/127.0.0.1/53', '/var/run/docker.sock', '/proc/net/tcp'} do \
            try(io.open, p) try(io.open, p, 'w') try(io.open, p, 'r+') end",
        ),
    ]
}

/// What may be the address of a repository. Without encryption that is this machine alone.
fn addresses() -> Vec<Case> {
    let rows: &[(&'static str, &'static str)] = &[
        ("N03_any_address", "http://0.0.0.0/"),
        ("N03_any_address_of_six", "http://[::]/"),
        ("N03_mapped_loopback", "http://[::ffff:127.0.0.1]/"),
        ("N03_loopback_as_a_part", "http://127.0.0.1.example.org/"),
        ("N03_localhost_as_a_part", "http://localhost.example.org/"),
        ("N04_the_metadata_service", "http://169.254.169.254/"),
        ("N04_the_metadata_service_as_a_number", "http://2852039166/"),
        ("N04_a_private_network", "http://10.0.0.1/"),
        ("N04_another_private_network", "http://192.168.0.1/"),
        ("N04_a_carriers_network", "http://100.64.0.1/"),
        ("N04_a_private_network_of_six", "http://[fd00::1]/"),
        ("N04_many", "http://224.0.0.1/"),
        ("N02_another_scheme", "ftp://127.0.0.1/"),
        ("N02_a_scheme_of_ours", "unix:///var/run/docker.sock"),
        ("N08_a_user", "http://good@127.0.0.1/"),
        ("N08_a_user_and_evil", "http://127.0.0.1@example.org/"),
        ("N08_a_fragment", "http://127.0.0.1#@example.org/"),
        ("N08_a_query", "http://127.0.0.1/?@example.org/"),
        ("N08_a_tab", "http://127.0.0.1\t.example.org/"),
        ("N08_wide_letters", "http://\u{ff11}\u{ff12}\u{ff17}.0.0.1.example.org/"),
        ("N08_punycode", "http://xn--lcalhost-n0a/"),
        ("N08_a_trailing_dot", "http://localhost./"),
        ("N08_a_zone", "http://[fe80::1%25eth0]/"),
        ("N09_a_line_end", "http://127.0.0.1.example.org\r\nHost: x/"),
        ("N19_a_star", "http://*/"),
        ("N19_nothing", "http://"),
    ];
    rows.iter()
        .map(|(name, address)| {
            refused(*name, ErrorKind::InvalidConfig, "repository at", |_| {
                Ok(Repository::new("base", address))
            })
        })
        .collect()
}

/// Whatever way this machine is written, it is this machine that is asked, by the one reading of the address.
fn notations() -> Vec<Case> {
    let rows: &[(&'static str, &'static str)] = &[
        ("N03_listed_loopback_short", "127.1"),
        ("N03_listed_loopback_as_a_number", "2130706433"),
        ("N03_listed_loopback_in_hexadecimal", "0x7f000001"),
        ("N03_listed_loopback_in_octal", "0177.0.0.01"),
        ("N08_listed_wide_digits", "\u{ff11}\u{ff12}\u{ff17}.0.0.1"),
        ("N08_listed_percent", "%31%32%37.0.0.1"),
    ];
    let case = |(name, host): &(&'static str, &'static str)| {
        let host = *host;
        let case = Case::new(*name, "ok", move |stage| {
            let server = Server::of(small());
            let url = format!("http://{host}:{}", server.address().port());
            let result = asked(stage, Repository::new("base", &url)?.with_trust(Trust::FirstUse))?;
            ensure!(matches!(result, RefreshResult::Changed { packages: 2 }), "{result:?}");
            let log = server.take_log();
            let host = format!("127.0.0.1:{}", server.address().port());
            ensure!(!log.is_empty() && log.iter().all(|request| request.headers["host"] == host), "{log:?}");
            Ok(Ending::fine(format!("{log:?}")))
        });
        taking(holding(case, MANIFEST), LATE)
    };
    rows.iter().map(case).collect()
}

fn more() -> Vec<Case> {
    vec![
        unnamed("P22_a_name_that_leads_out", "['../x']", "['1.0-1']"),
        unnamed("P22_a_name_that_is_a_url", "['http://x']", "['1.0-1']"),
        unnamed("P22_a_version_that_leads_out", "x", "['../1.0-1']"),
        unnamed("N20_a_name_with_an_escape", "['a\\27[2J']", "['1.0-1']"),
        elsewhere("N07_redirect_to_a_server_that_would_answer", |port| {
            format!("http://127.0.0.1:{port}/manifest-5.4")
        }),
        elsewhere("N07_redirect_to_it_by_name", |port| format!("http://localhost:{port}/manifest-5.4")),
        elsewhere("N07_redirect_to_it_by_number", |port| format!("http://2130706433:{port}/manifest-5.4")),
        taking(
            refused("N10_an_address_of_a_mebibyte", ErrorKind::InvalidConfig, "", |stage| {
                let server = Server::of(small());
                let url = format!("{}/{}", server.url(), "x".repeat(1 << 20));
                let repositories = open(stage, SHORT)?;
                let added =
                    repositories.add(Repository::new("base", &url)?.with_trust(Trust::FirstUse)).wait();
                ensure!(repositories.list().wait()?.is_empty(), "the settings cannot be read any more");
                Ok(added)
            }),
            LATE,
        ),
        taking(holding(Case::new("N13_a_hundred_repositories_at_once", "ok", hundred), MANIFEST), LATE * 5),
        taking(
            holding(
                Case::new("P17_a_packed_manifest_of_300000_files", "error ArchiveUnsafe", packed),
                3 * MANIFEST,
            ),
            LATE,
        ),
        Case::new("N14_no_patience_at_all", "ok", |stage| {
            for patience in [Duration::ZERO, Duration::MAX] {
                let config = bioxen_lua::EnvironmentsConfig::new(stage.work.join("home")).patience(patience);
                let environments = bioxen_lua::Environments::open(stage.engine, config)?;
                environments.create("bio").wait()?;
                environments.remove("bio").wait()?;
            }
            Ok(Ending::fine(""))
        }),
        Case::new("N14_times_of_a_vm", "ok", |stage| {
            let with = |time, host_call_time| {
                let limits =
                    Limits { time: Some(time), host_call_time: Some(host_call_time), ..Limits::default() };
                Vm::new(stage.engine, VmConfig::default().limits(limits))
            };
            ensure!(
                with(Duration::ZERO, Duration::MAX).is_err() && with(Duration::MAX, Duration::ZERO).is_err()
            );
            let sum: i64 = with(Duration::MAX, Duration::MAX)?.exec("return 1 + 1").wait()?.value()?;
            ensure!(sum == 2);
            Ok(Ending::fine(""))
        }),
        taking(
            refused(
                "N14_no_patience_with_a_server",
                ErrorKind::RepositoryUnreachable,
                "it took more than",
                |stage| {
                    let server = Server::of(small());
                    let patience = Patience { total: Duration::ZERO, ..SHORT };
                    let setup = RepositoriesSetup { patience, ..RepositoriesSetup::default() };
                    let repositories = repositories_with(stage.engine, &stage.work.join("root"), setup)?;
                    repositories
                        .add(Repository::new("base", &server.url())?.with_trust(Trust::FirstUse))
                        .wait()?;
                    Ok(failed(repositories.refresh().wait()?.swap_remove(0).result))
                },
            ),
            LATE,
        ),
        taking(
            Case::new("N16_a_server_that_hangs_while_all_ends", "ok", |stage| {
                let server = Server::start(|_| Reply::Hang(Vec::new()));
                let repositories = open(stage, SHORT)?;
                repositories
                    .add(Repository::new("base", &server.url())?.with_trust(Trust::FirstUse))
                    .wait()?;
                let begin = Instant::now();
                drop(repositories.refresh());
                drop(repositories);
                ensure!(begin.elapsed() < Duration::from_secs(1) && server.take_log().is_empty());
                Ok(Ending::fine(""))
            }),
            LATE,
        ),
    ]
}

/// A manifest with one package, whose name or version is none: it is as if it were not there.
fn unnamed(name: &'static str, package: &'static str, version: &'static str) -> Case {
    let case = Case::new(name, "ok", move |stage| {
        let server = Server::start(move |request| plain(request, || listed(package, version, "all")));
        let result = asked(stage, Repository::new("base", &server.url())?.with_trust(Trust::FirstUse))?;
        ensure!(matches!(result, RefreshResult::Changed { packages: 0 }), "{result:?}");
        Ok(Ending::fine(""))
    });
    taking(holding(case, MANIFEST), LATE)
}

/// A redirect to a second server, which must hear nothing.
fn elsewhere(name: &'static str, target: fn(u16) -> String) -> Case {
    let case = refused(name, ErrorKind::RepositoryUnreachable, "another server", move |stage| {
        let other = Server::of(small());
        let url = target(other.address().port());
        let server = Server::start(move |_| redirect(&url));
        let result = asked(stage, Repository::new("base", &server.url())?.with_trust(Trust::FirstUse))?;
        ensure!(other.take_log().is_empty(), "the other server was asked");
        Ok(failed(result))
    });
    taking(case, LATE)
}

/// As many as there may be, all slow: each is asked, few at once.
fn hundred(stage: &Stage) -> Result<Ending> {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (counted, peak) = (now.clone(), most.clone());
    let server = Server::start(move |request| {
        peak.fetch_max(counted.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        thread::sleep(Duration::from_millis(2));
        counted.fetch_sub(1, Ordering::SeqCst);
        served(&small(), request)
    });
    let repositories = open(stage, LONG)?;
    for at in 0..100 {
        repositories
            .add(Repository::new(&format!("r{at}"), &server.url())?.with_trust(Trust::FirstUse))
            .wait()?;
    }
    let one_more = repositories.add(Repository::new("more", &server.url())?).wait();
    ensure!(one_more.is_err(), "there may be any number of repositories");
    let refreshed = repositories.refresh().wait()?;
    let good =
        refreshed.iter().filter(|one| matches!(one.result, RefreshResult::Changed { packages: 2 })).count();
    ensure!(good == 100, "{good} of 100 answered");
    let most = most.load(Ordering::SeqCst);
    ensure!((1..=8).contains(&most), "{most} connections at once");
    Ok(Ending::fine(""))
}

/// A list of files that is nearly all of what is packed.
fn packed(stage: &Stage) -> Result<Ending> {
    let archive = crowded(300_000);
    let server = Server::start(move |_| answer(200, archive.clone()));
    match failed(asked_with(
        stage,
        Repository::new("base", &server.url())?.with_trust(Trust::FirstUse),
        LONG,
    )?) {
        Ok(taken) => Ok(Ending::fine(format!("{taken:?}"))),
        Err(error) => of_refusal(&error, ""),
    }
}

/// Servers that have to prove who they are.
fn proven() -> Vec<Case> {
    let row =
        |name: &'static str, names: &'static str, host: &'static str, trusted: bool, words: &'static str| {
            let case = refused(name, ErrorKind::RepositoryUnreachable, words, move |stage| {
                let (Some(authority), Some(stranger)) = (Authority::new(), Authority::new()) else {
                    // Said aloud there; the case then ends as if it had been refused.
                    return asked(stage, Repository::new("base", "https://localhost:1")?).map(failed);
                };
                let server = Server::of(small());
                let front = Front::of(&server, authority.vouch(names));
                let by = if trusted { &authority } else { &stranger };
                let repository =
                    Repository::new("base", &front.url(host))?.with_certificates(by.path("authority.pem"));
                let result = asked(stage, repository.with_trust(Trust::FirstUse))?;
                ensure!(server.take_log().is_empty(), "it was asked before it was known who it is");
                Ok(failed(result))
            });
            taking(case, LATE)
        };
    let down = refused(
        "N07_redirect_from_an_encrypted_server_to_a_plain_one",
        ErrorKind::RepositoryUnreachable,
        "",
        |stage| {
            let Some(authority) = Authority::new() else {
                return asked(stage, Repository::new("base", "https://localhost:1")?).map(failed);
            };
            let plain = Server::of(small());
            let url = format!("http://localhost:{}/manifest", plain.address().port());
            let server = Server::start(move |_| redirect(&url));
            let front = Front::of(&server, authority.vouch("DNS:localhost"));
            let repository = Repository::new("base", &front.url("localhost"))?
                .with_certificates(authority.path("authority.pem"));
            let result = asked(stage, repository.with_trust(Trust::FirstUse))?;
            ensure!(plain.take_log().is_empty(), "the plain server was asked");
            Ok(failed(result))
        },
    );
    vec![
        row("N12_a_certificate_of_another_name", "DNS:example.org", "localhost", true, ""),
        row("N12_a_certificate_of_a_name_for_an_address", "DNS:localhost", "127.0.0.1", true, ""),
        row("N12_a_certificate_for_all_names", "DNS:*", "localhost", true, ""),
        row("N12_a_certificate_of_a_stranger", "DNS:localhost", "localhost", false, ""),
        taking(down, LATE),
        taking(
            refused(
                "N12_a_plain_server_as_an_encrypted_one",
                ErrorKind::RepositoryUnreachable,
                "",
                |stage| {
                    let server = Server::of(small());
                    let url = format!("https://localhost:{}", server.address().port());
                    Ok(failed(asked(stage, Repository::new("base", &url)?.with_trust(Trust::FirstUse))?))
                },
            ),
            LATE,
        ),
    ]
}

/// An archive with one file, which lists many more. So many need the sizes of 64 bits.
fn crowded(count: u32) -> Vec<u8> {
    let mut bytes = forge([stored("manifest-5.4", b"")]).bytes();
    bytes.truncate(30 + "manifest-5.4".len());
    let start = bytes.len() as u64;
    for at in 0..count {
        let record = stored(&format!("{at:05x}"), b"").listed(0);
        bytes.extend(record);
    }
    let end = bytes.len() as u64;
    bytes.extend(b"PK\x06\x06\x2c\0\0\0\0\0\0\0\x2d\x03\x2d\0\0\0\0\0\0\0\0\0");
    for number in [count.into(), count.into(), end - start, start] {
        bytes.extend(u64::to_le_bytes(number));
    }
    bytes.extend(b"PK\x06\x07\0\0\0\0");
    bytes.extend(end.to_le_bytes());
    bytes.extend(1_u32.to_le_bytes());
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([0xff; 12]);
    bytes.extend([0, 0]);
    bytes
}
