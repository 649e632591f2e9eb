//! The memory of requests under way. Each cell is measured in a new process, so its heap is new.

use std::env;
use std::fs;
use std::io;
use std::process::Command;
use std::sync::{Arc, OnceLock};

use crate::cell::{self, Cell};
use crate::host::World;

/// The argument that makes this binary such a process.
pub const ARGUMENT: &str = "--memory-of";

/// The bytes for each of `size` requests of the cell with this number. `None` if the system does
/// not tell.
pub fn measure(number: usize, size: usize) -> io::Result<Option<f64>> {
    let arguments = [ARGUMENT, &number.to_string(), &size.to_string()];
    let output = Command::new(env::current_exe()?).args(arguments).output()?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        return Err(io::Error::other(why.trim().to_owned()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().parse().ok())
}

/// The work of that process: it prints how much its memory has grown when all requests wait to
/// begin.
pub fn print(cell: &Cell, size: usize) -> io::Result<()> {
    let requests = cell::requests(size);
    // One request is played first, so that every thread and every lazy static exists.
    let (_, responses) = cell.play(&World::waiting(), vec![requests[..1].to_vec()])?;
    cell.check(&responses, &cell::expected(&requests[..1])?)?;
    let all_wait = Arc::new(OnceLock::new());
    let looked = Arc::clone(&all_wait);
    let world = World::gathering(size, move || {
        looked.get_or_init(resident);
    });
    let crowd = vec![requests.clone()];
    // The straight line is asked afterwards. If it was asked before, the cell would use the memory
    // that the straight line gave back, and that memory would not be counted.
    let before = resident();
    let (_, responses) = cell.play(&world, crowd)?;
    cell.check(&responses, &cell::expected(&requests)?)?;
    if let (Some(before), Some(Some(all_wait))) = (before, all_wait.get()) {
        println!("{}", (all_wait - before) / size as f64);
    }
    Ok(())
}

/// The bytes of memory that this process has touched and that no file backs: heap and stacks.
fn resident() -> Option<f64> {
    let memory = fs::read_to_string("/proc/self/smaps_rollup").ok()?;
    let line = memory.lines().find_map(|line| line.strip_prefix("Anonymous:"))?;
    let kib: f64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(1024.0 * kib)
}
