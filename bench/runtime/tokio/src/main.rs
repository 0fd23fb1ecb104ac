//! The runtime bench's cases on Tokio's multi-thread scheduler, in the shapes that ../go/main.go describes.
//!
//! Tokio has no unbuffered channel, so a round trip uses mpsc channels of capacity one, and tasks that park on one
//! shared channel use broadcast. The task that starts the work runs on a worker, as a goroutine would, because the
//! thread of `block_on` is none and would have to wake one for every message.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{broadcast, mpsc};
use tokio::task::{yield_now, JoinSet};

async fn spawn(n: usize) {
    let mut tasks = JoinSet::new();
    for _ in 0..n {
        tasks.spawn(async {});
    }
    while let Some(done) = tasks.join_next().await {
        done.expect("a task failed");
    }
}

fn resident_bytes() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").expect("/proc/self/statm");
    let pages: usize = text.split_whitespace().nth(1).expect("a field").parse().expect("a number");
    pages * 4096
}

async fn park(n: usize) -> f64 {
    let (gate, _) = broadcast::channel::<()>(1);
    let arrived = Arc::new(AtomicUsize::new(0));
    let left = Arc::new(AtomicUsize::new(0));
    let before = resident_bytes();
    for _ in 0..n {
        let (mut receiver, arrived, left) = (gate.subscribe(), arrived.clone(), left.clone());
        tokio::spawn(async move {
            arrived.fetch_add(1, Ordering::Relaxed);
            let _ = receiver.recv().await;
            left.fetch_add(1, Ordering::Relaxed);
        });
    }
    wait_for(&arrived, n).await;
    tokio::time::sleep(Duration::from_millis(50)).await; // The last are between the count and the receive.
    let gained = resident_bytes() as f64 - before as f64;
    drop(gate);
    wait_for(&left, n).await;
    gained / n as f64
}

async fn wait_for(counter: &AtomicUsize, n: usize) {
    while counter.load(Ordering::Relaxed) < n {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

async fn round_trips(n: usize) {
    let (to, mut at_peer) = mpsc::channel::<usize>(1);
    let (back, mut here) = mpsc::channel::<usize>(1);
    tokio::spawn(async move {
        while let Some(value) = at_peer.recv().await {
            back.send(value).await.expect("the other side left");
        }
    });
    for i in 0..n {
        to.send(i).await.expect("the other side left");
        here.recv().await.expect("the other side left");
    }
}

fn node(parent: mpsc::Sender<usize>, first: usize, leaves: usize) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    Box::pin(async move {
        if leaves == 1 {
            parent.send(first).await.expect("the parent left");
            return;
        }
        let (sender, mut sums) = mpsc::channel(1);
        let part = leaves / 10;
        for i in 0..10 {
            tokio::spawn(node(sender.clone(), first + i * part, part));
        }
        let mut total = 0;
        for _ in 0..10 {
            total += sums.recv().await.expect("a child left");
        }
        parent.send(total).await.expect("the parent left");
    })
}

async fn skynet(n: usize) {
    let (sender, mut result) = mpsc::channel(1);
    tokio::spawn(node(sender, 0, n));
    let sum = result.recv().await.expect("the root left");
    assert_eq!(sum, n * (n - 1) / 2, "n must be a power of ten");
}

async fn yields(n: usize) {
    let mut tasks = JoinSet::new();
    for _ in 0..10 {
        tasks.spawn(async move {
            for _ in 0..n / 10 {
                yield_now().await;
            }
        });
    }
    while tasks.join_next().await.is_some() {}
}

async fn selects(n: usize) {
    let (senders, mut r): (Vec<_>, Vec<_>) = (0..8).map(|_| mpsc::channel::<usize>(1)).unzip();
    tokio::spawn(async move {
        for i in 0..n {
            senders[i % 8].send(i).await.expect("the other side left");
        }
        std::future::pending::<()>().await;
    });
    let [a, b, c, d, e, f, g, h] = &mut r[..] else { unreachable!() };
    let mut total = 0;
    for _ in 0..n {
        total += tokio::select! {
            value = a.recv() => value, value = b.recv() => value, value = c.recv() => value, value = d.recv() => value,
            value = e.recv() => value, value = f.recv() => value, value = g.recv() => value, value = h.recv() => value,
        }
        .expect("a message");
    }
    assert_eq!(total, n * (n - 1) / 2, "select lost a message");
}

async fn run(case: &str, n: usize, workers: usize) {
    let start = Instant::now();
    let figure = match case {
        "bytes" => format!("\"bytes_per_task\":{:.1}", park(n).await),
        _ => {
            match case {
                "spawn" => spawn(n).await,
                "channel" => round_trips(n).await,
                "skynet" => skynet(n).await,
                "yield" => yields(n).await,
                "select" => selects(n).await,
                _ => panic!("unknown case {case}"),
            }
            format!("\"ns_per_op\":{:.3}", start.elapsed().as_nanos() as f64 / n as f64)
        }
    };
    let total = start.elapsed().as_nanos();
    println!("{{\"case\":\"{case}\",\"n\":{n},\"workers\":{workers},{figure},\"total_ns\":{total}}}");
}

fn flag(name: &str, otherwise: &str) -> String {
    let mut arguments = std::env::args();
    arguments.find(|one| one == name).and_then(|_| arguments.next()).unwrap_or(otherwise.to_string())
}

fn main() {
    let case = flag("--case", "spawn");
    let n = flag("--n", "1000000").parse().expect("--n takes a number");
    let workers = flag("--workers", "1").parse().expect("--workers takes a number");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers)
        .enable_time()
        .build()
        .expect("a runtime");
    runtime.block_on(async move { tokio::spawn(async move { run(&case, n, workers).await }).await.expect("the case failed") });
}
