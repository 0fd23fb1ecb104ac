// Parses every file of a list with mago's syntax crate and prints MB per second of CPU time.
use bumpalo::Bump;
use mago_database::file::FileId;
use mago_syntax::parser::parse_file_content;

fn cpu_seconds() -> f64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut now) };
    now.tv_sec as f64 + now.tv_nsec as f64 / 1e9
}

fn main() {
    let list = std::env::args().nth(1).expect("a file of paths");
    let paths = std::fs::read_to_string(list).expect("the file of paths");
    let sources: Vec<Vec<u8>> = paths.lines().map(|path| std::fs::read(path).expect(path)).collect();
    let bytes: usize = sources.iter().map(Vec::len).sum();
    let mut refused = 0;
    let begin = cpu_seconds();
    for source in &sources {
        let arena = Bump::new();
        let program = parse_file_content(&arena, FileId::zero(), source);
        refused += usize::from(!program.errors.is_empty());
    }
    println!("{:.3} MB/s, {} bytes, {} refused", bytes as f64 / 1e6 / (cpu_seconds() - begin), bytes, refused);
}
