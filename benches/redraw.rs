//! What a change of speaker costs on the screen: time for taking in the event and drawing, and bytes for the terminal. The aim is
//! 2 ms and 2 KB at 80x24; the bytes are held by a test, the time is told here. `cargo bench --bench redraw`.
#![allow(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use conclave::tui::bench::Screen;
use std::time::Instant;

fn main() {
    println!("screen   people  bytes   µs median  µs worst of 1000");
    for (columns, rows, people) in [(20, 5, 12), (40, 12, 12), (80, 24, 3), (80, 24, 12), (80, 24, 200), (300, 80, 200)] {
        let mut screen = Screen::new(columns, rows, people).unwrap();
        let (mut times, mut most) = (Vec::new(), 0);
        for n in 0..1000 {
            let begun = Instant::now();
            most = most.max(screen.speaks(n / 2 % people, n % 2 == 0).unwrap());
            times.push(begun.elapsed().as_micros());
        }
        times.sort_unstable();
        println!("{:7}  {people:6}  {most:5}  {:10}  {:8}", format!("{columns}x{rows}"), times[500], times[999]);
    }
}
