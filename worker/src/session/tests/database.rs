//! A real SQLite in memory that works, refuses, or refuses but keeps what it was given.

use std::cell::Cell as Flag;
use std::rc::Rc;

use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, params_from_iter};

use crate::refusal::StorageFault;
use crate::sql::{Cell, Row, Sql, Statement};

/// What happens to the next write.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Mood {
    Works,
    Refuses,
    RefusesButKeeps,
}

/// Clones share one database, as objects that follow each other share one storage.
#[derive(Clone)]
pub(crate) struct Database {
    connection: Rc<Connection>,
    pub(crate) mood: Rc<Flag<Mood>>,
    /// After so many reads one is refused.
    pub(crate) reads_until_refusal: Rc<Flag<Option<u32>>>,
}

impl Database {
    pub(crate) fn new() -> Self {
        let connection = Rc::new(Connection::open_in_memory().unwrap());
        Self { connection, mood: Rc::new(Flag::new(Mood::Works)), reads_until_refusal: Rc::default() }
    }

    /// Runs a statement of a test, which may be about anything.
    pub(crate) fn operate(&self, text: &str) -> usize {
        self.connection.execute(text, []).unwrap()
    }

    /// The one number that a question is answered with.
    pub(crate) fn number(&self, text: &str) -> i64 {
        self.connection.query_row(text, [], |row| row.get(0)).unwrap()
    }
}

impl Sql for Database {
    fn rows(&self, text: &str, cells: Vec<Cell>) -> Result<Vec<Row>, StorageFault> {
        match self.reads_until_refusal.get() {
            Some(0) => return Err(StorageFault::Refused),
            left => self.reads_until_refusal.set(left.map(|left| left - 1)),
        }
        let mut statement = self.connection.prepare_cached(text).unwrap();
        let width = statement.column_count();
        let rows = statement.query_map(params_from_iter(cells.into_iter().map(value)), |row| {
            Ok(Row::new((0..width).map(|place| cell(row.get_ref(place).unwrap())).collect()))
        });
        Ok(rows.unwrap().collect::<Result<_, _>>().unwrap())
    }

    fn at_once(&self, statements: Vec<Statement>) -> Result<(), StorageFault> {
        let mood = self.mood.replace(Mood::Works);
        if mood == Mood::Refuses {
            return Err(StorageFault::Refused);
        }
        let transaction = self.connection.unchecked_transaction().unwrap();
        for Statement { text, cells } in statements {
            let mut statement = self.connection.prepare_cached(text).unwrap();
            statement.execute(params_from_iter(cells.into_iter().map(value))).unwrap();
        }
        transaction.commit().unwrap();
        if mood == Mood::RefusesButKeeps { Err(StorageFault::Refused) } else { Ok(()) }
    }
}

fn value(cell: Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Integer(number) => Value::Integer(number),
        Cell::Real(number) => Value::Real(number),
        Cell::Text(text) => Value::Text(text),
        Cell::Blob(bytes) => Value::Blob(bytes),
    }
}

/// A Worker has no integers of its own: a whole real number comes back as one.
fn cell(value: ValueRef<'_>) -> Cell {
    match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(number) => Cell::Integer(number),
        ValueRef::Real(number) if number.fract() == 0.0 => Cell::Integer(number as i64),
        ValueRef::Real(number) => Cell::Real(number),
        ValueRef::Text(text) => Cell::Text(String::from_utf8(text.to_vec()).unwrap()),
        ValueRef::Blob(bytes) => Cell::Blob(bytes.to_vec()),
    }
}
