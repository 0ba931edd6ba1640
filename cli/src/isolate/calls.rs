//! seccomp: a list of the system calls that the runtime needs, in two filters. What is not on the list fails with
//! EPERM, and so does, once the guest is loaded, whatever would make code or change the filters.

use std::collections::BTreeMap;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    TargetArch, apply_filter_all_threads,
};

type Rules = BTreeMap<i64, Vec<SeccompRule>>;
type Made = Result<Vec<BpfProgram>, seccompiler::BackendError>;

/// Calls of every processor.
const NEEDED: [i64; 88] = [
    // memory
    libc::SYS_brk,
    libc::SYS_madvise,
    libc::SYS_memfd_create,
    libc::SYS_mmap,
    libc::SYS_mprotect,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_userfaultfd,
    // files: where they are is Landlock's
    libc::SYS_close,
    libc::SYS_copy_file_range,
    libc::SYS_dup,
    libc::SYS_dup3,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_fadvise64,
    libc::SYS_fallocate,
    libc::SYS_fchmod,
    libc::SYS_fchmodat,
    libc::SYS_fcntl,
    libc::SYS_fdatasync,
    libc::SYS_flock,
    libc::SYS_fstat,
    libc::SYS_fstatfs,
    libc::SYS_fsync,
    libc::SYS_ftruncate,
    libc::SYS_getcwd,
    libc::SYS_getdents64,
    libc::SYS_linkat,
    libc::SYS_lseek,
    libc::SYS_mkdirat,
    libc::SYS_newfstatat,
    libc::SYS_openat,
    libc::SYS_openat2,
    libc::SYS_pipe2,
    libc::SYS_pread64,
    libc::SYS_preadv,
    libc::SYS_preadv2,
    libc::SYS_pwrite64,
    libc::SYS_pwritev,
    libc::SYS_pwritev2,
    libc::SYS_read,
    libc::SYS_readlinkat,
    libc::SYS_readv,
    libc::SYS_renameat,
    libc::SYS_renameat2,
    libc::SYS_statfs,
    libc::SYS_statx,
    libc::SYS_umask,
    libc::SYS_unlinkat,
    libc::SYS_utimensat,
    libc::SYS_write,
    libc::SYS_writev,
    // waiting
    libc::SYS_clock_getres,
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_epoll_create1,
    libc::SYS_epoll_ctl,
    libc::SYS_epoll_pwait,
    libc::SYS_eventfd2,
    libc::SYS_futex,
    libc::SYS_nanosleep,
    libc::SYS_ppoll,
    libc::SYS_pselect6,
    libc::SYS_recvfrom,
    libc::SYS_restart_syscall,
    libc::SYS_sendto,
    // threads, signals, and the end
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_get_robust_list,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_membarrier,
    libc::SYS_rseq,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_yield,
    libc::SYS_set_robust_list,
    libc::SYS_sigaltstack,
    // what the process knows of itself
    libc::SYS_geteuid,
    libc::SYS_getrandom,
    libc::SYS_getuid,
    libc::SYS_gettimeofday,
    libc::SYS_prctl,
    libc::SYS_seccomp, // for the second filter, which forbids it
    libc::SYS_sysinfo,
    libc::SYS_uname,
];

/// Older forms, which x86-64 alone has.
#[cfg(target_arch = "x86_64")]
const OLDER: [i64; 14] = [
    libc::SYS_access,
    libc::SYS_arch_prctl,
    libc::SYS_chmod,
    libc::SYS_dup2,
    libc::SYS_epoll_wait,
    libc::SYS_lstat,
    libc::SYS_mkdir,
    libc::SYS_open,
    libc::SYS_pipe,
    libc::SYS_poll,
    libc::SYS_readlink,
    libc::SYS_rename,
    libc::SYS_stat,
    libc::SYS_unlink,
];
#[cfg(not(target_arch = "x86_64"))]
const OLDER: [i64; 0] = [];

/// `ioctl`s that type into a terminal on somebody's behalf.
const TYPING: [libc::Ioctl; 2] = [libc::TIOCSTI, libc::TIOCLINUX];

/// A filter for the whole process: what is not needed is gone. Says what was not possible.
pub fn allow_needed() -> Option<String> {
    of_process(needed())
}

/// And nothing makes code any more, or changes the filters.
pub fn forbid_code() -> Option<String> {
    of_process(code())
}

fn of_process(programs: Made) -> Option<String> {
    let apply = || -> Result<(), String> {
        for program in programs.map_err(|error| error.to_string())? {
            apply_filter_all_threads(&program).map_err(|error| error.to_string())?;
        }
        Ok(())
    };
    apply().err().map(|error| format!("seccomp: {error}"))
}

/// The list, and beside it an answer that makes the C library start threads by a call whose arguments can be
/// looked at.
pub(super) fn needed() -> Made {
    let mut rules: Rules = NEEDED.iter().chain(&OLDER).map(|call| (*call, Vec::new())).collect();
    let thread = u64::from((libc::CLONE_THREAD | libc::CLONE_VM).cast_unsigned());
    rules.insert(libc::SYS_clone, vec![rule([is_set(0, thread)])?]);
    rules.insert(libc::SYS_clone3, Vec::new());
    #[allow(clippy::unnecessary_cast)] // other C libraries have another type for it
    let typing = TYPING.map(|request| is_not(1, request as u64));
    rules.insert(libc::SYS_ioctl, vec![rule(typing)?]);
    // How a prompt tells itself of signals. Nothing makes a socket that leads out.
    rules.insert(libc::SYS_socketpair, vec![rule([is(0, libc::AF_UNIX as u64)])?]);
    let own = u64::from(std::process::id());
    rules.insert(libc::SYS_tgkill, vec![rule([is(0, own)])?]); // how a program aborts
    let itself = [rule([is(0, 0)])?, rule([is(0, own)])?];
    rules.insert(libc::SYS_prlimit64, itself.to_vec());
    let by_clone = Rules::from([(libc::SYS_clone3, Vec::new())]);
    Ok(vec![
        program(rules, SeccompAction::Allow, refused())?,
        program(by_clone, SeccompAction::Errno(libc::ENOSYS.cast_unsigned()), SeccompAction::Allow)?,
    ])
}

pub(super) fn code() -> Made {
    let executable = |call: i64| Ok((call, vec![rule([is_set(2, libc::PROT_EXEC as u64)])?]));
    let mut rules: Rules =
        [libc::SYS_mmap, libc::SYS_mprotect].into_iter().map(executable).collect::<Result<_, _>>()?;
    for call in [libc::SYS_memfd_create, libc::SYS_userfaultfd, libc::SYS_seccomp] {
        rules.insert(call, Vec::new());
    }
    let names = [libc::PR_SET_NAME, libc::PR_SET_VMA].map(|option| is_not(0, option as u64));
    rules.insert(libc::SYS_prctl, vec![rule(names)?]);
    Ok(vec![program(rules, refused(), SeccompAction::Allow)?])
}

fn refused() -> SeccompAction {
    SeccompAction::Errno(libc::EPERM.cast_unsigned())
}

fn program(
    rules: Rules,
    matched: SeccompAction,
    other: SeccompAction,
) -> Result<BpfProgram, seccompiler::BackendError> {
    SeccompFilter::new(rules, other, matched, TargetArch::try_from(std::env::consts::ARCH)?)?.try_into()
}

type Condition = Result<SeccompCondition, seccompiler::BackendError>;

fn rule<const COUNT: usize>(
    conditions: [Condition; COUNT],
) -> Result<SeccompRule, seccompiler::BackendError> {
    SeccompRule::new(conditions.into_iter().collect::<Result<_, _>>()?)
}

fn is(argument: u8, value: u64) -> Condition {
    SeccompCondition::new(argument, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, value)
}

fn is_not(argument: u8, value: u64) -> Condition {
    SeccompCondition::new(argument, SeccompCmpArgLen::Dword, SeccompCmpOp::Ne, value)
}

fn is_set(argument: u8, bits: u64) -> Condition {
    SeccompCondition::new(argument, SeccompCmpArgLen::Dword, SeccompCmpOp::MaskedEq(bits), bits)
}

/// For one thread, which tests are.
#[cfg(test)]
pub(super) fn of_thread(programs: Made) -> Result<(), String> {
    for program in programs.map_err(|error| error.to_string())? {
        seccompiler::apply_filter(&program).map_err(|error| error.to_string())?;
    }
    Ok(())
}
