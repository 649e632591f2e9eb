crate::lesson::lesson!("11_find_or_create");

use crate::stage::log;

/// A user, as the database returns one.
struct User {
    name: &'static str,
    is_new: bool,
}

/// Why the database returns none.
enum Error {
    NoSuchUser,
    NoAnswer,
}

type Found = Result<User, Error>;

/// The database knows ann, does not know bob, and gives no answer about cyd.
fn find(name: &'static str) -> Found {
    log!("find {name}");
    match name {
        "ann" => Ok(User { name, is_new: false }),
        "bob" => Err(Error::NoSuchUser),
        _ => Err(Error::NoAnswer),
    }
}

fn create(name: &'static str) -> Found {
    log!("create {name}");
    Ok(User { name, is_new: true })
}

fn preferences(user: User) -> Found {
    log!("preferences of {}", user.name);
    Ok(user)
}

fn report(name: &'static str, found: &Found) {
    match found {
        Ok(user) => log!("{name}: new {}", user.is_new),
        Err(Error::NoSuchUser) => log!("{name}: no such user"),
        Err(Error::NoAnswer) => log!("{name}: no answer"),
    }
}
