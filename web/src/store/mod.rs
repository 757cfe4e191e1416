//! What survives a reload, in the browser's own data base: a live session, an opened file. Page and engine thread both
//! keep things, each under keys of its own.
//!
//! A connection is opened for each call and closed after it. That costs a millisecond or two, seldom, and leaves nothing
//! open that would keep [`forget`] waiting.

use idb::{Database, Factory, ObjectStore, Transaction, TransactionMode};
use wasm_bindgen::JsValue;

const NAME: &str = "fourfold";
const KEPT: &str = "kept";

/// Keeps a value. A browser that keeps nothing (a private window, a full disk) is no fault of the work: false then.
pub async fn keep(key: &str, value: &JsValue) -> bool {
    with(TransactionMode::ReadWrite, async |store| {
        store.put(value, Some(&JsValue::from_str(key)))?.await.map(|_| ())
    })
    .await
    .is_ok()
}

/// What was kept.
pub async fn kept(key: &str) -> Option<JsValue> {
    with(TransactionMode::ReadOnly, async |store| store.get(JsValue::from_str(key))?.await).await.ok()?
}

/// Keeps it no longer.
pub async fn drop_kept(key: &str) {
    // What is not there is not kept either.
    let _ = with(TransactionMode::ReadWrite, async |store| store.delete(JsValue::from_str(key))?.await).await;
}

/// Deletes everything, the data base itself too; false if the browser refuses.
pub async fn forget() -> bool {
    let deleted = async { Factory::new()?.delete(NAME)?.await };
    deleted.await.is_ok()
}

async fn with<T>(
    mode: TransactionMode,
    act: impl AsyncFnOnce(&ObjectStore) -> Result<T, idb::Error>,
) -> Result<T, idb::Error> {
    let database =
        Database::builder(NAME).version(1).add_object_store(ObjectStore::builder(KEPT)).build().await?;
    let done = async {
        let transaction: Transaction = database.transaction(&[KEPT], mode)?;
        let told = act(&transaction.object_store(KEPT)?).await?;
        transaction.await?;
        Ok(told)
    };
    let done = done.await;
    database.close();
    done
}
