//! Judges a file natively, as the app does it in its thread, and prints the digest of all verdicts and the episodes as
//! JSON: what the browser tests compare the page with.
#![allow(clippy::print_stdout, reason = "an example speaks on standard output")]

use fourfold_web::table::Reader;
use fourfold_web::thread::Settings;
use fourfold_web::thread::schema::schema_of;
use fourfold_web::thread::scorer::{BATCH_ROWS, Judged, Scorer};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().ok_or("usage: verdicts FILE [PRESET]")?;
    let settings = Settings { preset: arguments.next(), ..Settings::default() };
    let mut reader = Reader::default();
    reader.feed(&std::fs::read(file)?)?;
    let table = reader.finish()?;
    let mut scorer = Scorer::new(&table, schema_of(&table, &settings)?);
    let mut judged = Judged::default();
    while scorer.step(&table, &[], BATCH_ROWS, &mut judged, &mut |_| ())? {}
    let episodes = serde_json::to_string(&judged.episodes)?;
    println!(
        "{{\"digest\": \"{}\", \"rows\": {}, \"episodes\": {episodes}}}",
        scorer.digest(),
        scorer.rows()
    );
    Ok(())
}
