//! The SQLite of a Durable Object.
//!
//! The platform holds every response back until the writes before it are on disk, so what was answered is there after
//! any crash.

use worker::js_sys::{Function, Reflect};
use worker::wasm_bindgen::closure::Closure;
use worker::wasm_bindgen::{JsCast, JsValue};
use worker::{SqlStorage, SqlStorageValue, Storage};

use crate::journal;
use crate::refusal::StorageFault;
use crate::sql::{Cell, Row, Sql, Statement};

/// The database of one object.
pub(crate) struct DurableSql {
    storage: Storage,
    sql: SqlStorage,
}

impl DurableSql {
    pub(crate) fn new(storage: Storage) -> Self {
        Self { sql: storage.sql(), storage }
    }
}

impl Sql for DurableSql {
    fn rows(&self, text: &str, cells: Vec<Cell>) -> Result<Vec<Row>, StorageFault> {
        let cursor = self.sql.exec(text, bindings(cells)).map_err(refused)?;
        cursor.raw().map(|row| Ok(Row::new(row.map_err(refused)?.into_iter().map(cell).collect()))).collect()
    }

    fn at_once(&self, statements: Vec<Statement>) -> Result<(), StorageFault> {
        let (sql, mut statements) = (self.sql.clone(), statements);
        let work = Closure::<dyn FnMut() -> Result<(), JsValue>>::new(move || {
            for Statement { text, cells } in statements.drain(..) {
                sql.exec(text, bindings(cells)).map_err(JsValue::from)?;
            }
            Ok(())
        });
        // The crate offers only the asynchronous form, which would let another request in between.
        let storage: &JsValue = self.storage.as_raw().as_ref();
        let transaction = Reflect::get(storage, &JsValue::from_str("transactionSync"))
            .and_then(JsCast::dyn_into::<Function>)
            .map_err(|fault| refused(fault.into()))?;
        transaction.call1(storage, work.as_ref()).map_err(|fault| refused(fault.into()))?;
        Ok(())
    }
}

fn bindings(cells: Vec<Cell>) -> Vec<SqlStorageValue> {
    let binding = |cell| match cell {
        Cell::Null => SqlStorageValue::Null,
        Cell::Integer(number) => SqlStorageValue::Integer(number),
        Cell::Real(number) => SqlStorageValue::Float(number),
        Cell::Text(text) => SqlStorageValue::String(text),
        Cell::Blob(bytes) => SqlStorageValue::Blob(bytes),
    };
    cells.into_iter().map(binding).collect()
}

fn cell(value: SqlStorageValue) -> Cell {
    match value {
        SqlStorageValue::Null => Cell::Null,
        SqlStorageValue::Boolean(is_so) => Cell::Integer(is_so.into()),
        SqlStorageValue::Integer(number) => Cell::Integer(number),
        SqlStorageValue::Float(number) => Cell::Real(number),
        SqlStorageValue::String(text) => Cell::Text(text),
        SqlStorageValue::Blob(bytes) => Cell::Blob(bytes),
    }
}

/// The reason stays in the object's own log: it is about tables, not about anything that the caller could change.
fn refused(fault: worker::Error) -> StorageFault {
    journal::error("storage", fault);
    StorageFault::Refused
}
