//@ error: E0382
use pipeline::Completer;

pub fn answer(completer: Completer<u32>) {
    completer.complete(Ok(1));
    completer.complete(Ok(2)); // wrong
}
