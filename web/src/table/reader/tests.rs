use super::*;
use crate::table::{DateOrder, Decimal};

fn read(text: &str) -> Result<Table, TableFault> {
    let mut reader = Reader::default();
    reader.feed(text.as_bytes())?;
    reader.finish()
}

fn values(text: &str) -> Vec<Vec<f64>> {
    read(text).expect(text).columns.into_iter().map(|column| column.values).collect()
}

#[test]
fn the_first_time_like_column_is_the_time() {
    for (text, time_column, times_ms) in [
        ("a,when\n1,2024-01-01\n2,2024-01-02\n", Some("when"), vec![1_704_067_200_000, 1_704_153_600_000]),
        ("ts,a\n1704067200,1\n1704067260,2\n", Some("ts"), vec![1_704_067_200_000, 1_704_067_260_000]),
        ("ts;a\n1704067200500;1,5\n", Some("ts"), vec![1_704_067_200_500]),
        ("bytes,a\n1704067200,1\n1604067260,2\n", None, vec![0, 1]),
        ("a\n5\n6\n7\n", None, vec![0, 1, 2]),
    ] {
        let table = read(text).expect(text);
        assert_eq!(table.note.time_column.as_deref(), time_column, "{text}");
        assert_eq!(table.times_ms, times_ms, "{text}");
    }
}

#[test]
fn missing_is_not_zero_and_text_is_counted() {
    let table =
        read("t,a,b\r\n1,,x\r\n2,NA,2\r\n3,null,3\r\n4,4,4\r\n5,5,5\r\n6,oops,6\r\n7,1,1\r\n8,1,1\r\n")
            .expect("a table");
    assert_eq!(table.columns.len(), 3, "t is not a time: it counts rows");
    let a = &table.columns[1].values;
    assert!(a[..3].iter().all(|value| value.is_nan()) && a[3] == 4.0 && a[5].is_nan());
    assert_eq!((table.note.missing_cells, table.note.unreadable_cells), (3, 2));
}

#[test]
fn bad_lines_are_counted_and_named() {
    let good: String = (10..30).map(|day| format!("2024-01-{day},1\n")).collect();
    let text = format!("time,a\n2024-01-01,1\n2024-01-02,2,9\nlater,3\n\n{good}");
    let table = read(&text).expect("a table");
    assert_eq!((table.note.rows, table.note.bad_rows, table.note.bad_lines[0].line), (21, 2, 3));
}

#[test]
fn rows_are_put_in_order_and_twins_are_merged() {
    let text = "time,a,b\n2024-01-02,2,\n2024-01-01,1,1\n2024-01-02,,5\n";
    let table = read(text).expect("a table");
    assert!(table.note.sorted && table.note.merged_rows == 1);
    assert_eq!(values(text), [vec![1.0, 2.0], vec![1.0, 5.0]]);
}

#[test]
fn excel_habits_are_read() {
    assert_eq!(values("\u{feff}a;b\r\n1,5;\"2\"\r\n2,5;3\r\n"), [vec![1.5, 2.5], vec![2.0, 3.0]]);
    assert_eq!(values("1\t2\n3\t4\n"), [vec![1.0, 3.0], vec![2.0, 4.0]]);
}

#[test]
fn what_is_no_table_is_said_in_a_sentence() {
    for (text, expected) in [
        ("", TableFault::Empty),
        ("a,b\n", TableFault::NoRows),
        ("a,b\nx,y\nz,w\n", TableFault::NoNumbers),
        ("PK\u{3}\u{4}rest", TableFault::Foreign("an Excel or zip file")),
    ] {
        assert_eq!(read(text), Err(expected), "{text}");
    }
}

#[test]
fn more_columns_than_a_page_shows_are_named() {
    let header: Vec<String> = (0..40).map(|n| format!("s{n}")).collect();
    let row = ["1"; 40].join(",");
    let table = read(&format!("{}\n{row}\n", header.join(","))).expect("a table");
    assert_eq!((table.columns.len(), table.note.surplus_columns.len()), (32, 8));
}

#[test]
fn semicolons_points_and_commas_are_told_apart() {
    let table =
        read("Datum;Wert;Menge\n31.12.2024 23:00;1.234,5;7\n01.01.2025 00:00;2,5;8\n").expect("a table");
    assert_eq!(table.times_ms, [1_735_686_000_000, 1_735_689_600_000]);
    assert_eq!(table.columns[0].values, [1234.5, 2.5]);
    assert_eq!(table.note.plan.decimal, Decimal::Comma);
    assert_eq!(table.note.plan.order, Some(DateOrder::DayFirst));
    assert_eq!(values("a,b\n\"1,5\",2\n\"2,5\",3\n"), [vec![1.5, 2.5], vec![2.0, 3.0]]);
}

#[test]
fn json_lines_are_a_table_too() {
    let text = "{\"t\": 1704067200000, \"values\": {\"b\": 2, \"a\": 1.5}}\n\n{\"t\": 1704067260000, \"values\": {\"a\": null, \"b\": 3}}\nrubbish\n";
    let table = read(text).expect("a table");
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["b", "a"]);
    assert_eq!(table.times_ms, [1_704_067_200_000, 1_704_067_260_000]);
    assert!(table.columns[1].values[1].is_nan());
    assert_eq!((table.note.bad_rows, table.note.bad_lines[0].line), (1, 4));
    assert_eq!(table.note.plan.separator, None);
}

#[test]
fn rows_on_single_things_become_frames() {
    let mut text = String::from("time,sensor,value,anomaly\n");
    for minute in 0..30 {
        text += &format!("2024-01-01 00:{minute:02}:05,door,{minute},0\n");
        text += &format!("2024-01-01 00:{minute:02}:35,window,{},{}\n", 2 * minute, u8::from(minute == 7));
    }
    let table = read(&text).expect("a table");
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["door", "window"]);
    assert_eq!((table.note.events, table.times_ms.len()), (60, 30));
    assert_eq!((table.columns[1].values[3], table.note.plan.frame_ms), (6.0, Some(60_000.0)));
    assert_eq!((table.labels.len(), table.note.labelled_rows, table.labels[7]), (30, 1, true));
    let choices = Choices { frame_ms: Some(600_000.0), ..Choices::default() };
    let mut reader = Reader::new(choices);
    reader.feed(text.as_bytes()).expect("text");
    let table = reader.finish().expect("a table");
    assert_eq!(table.columns[0].values, [4.5, 14.5, 24.5], "means of ten minutes");
}

#[test]
fn several_values_of_several_things_are_groups() {
    let mut text = String::from("time,host,cpu,disk\n");
    for minute in 10..40 {
        text += &format!("2024-01-01 00:{minute},a,1,2\n2024-01-01 00:{minute},b,3,4\n");
    }
    let table = read(&text).expect("a table");
    let named: Vec<(&str, Option<&str>)> =
        table.columns.iter().map(|column| (column.name.as_str(), column.group.as_deref())).collect();
    let expected = [("a.cpu", Some("a")), ("a.disk", Some("a")), ("b.cpu", Some("b")), ("b.disk", Some("b"))];
    assert_eq!(named, expected);
}

#[test]
fn a_person_knows_better() {
    let text = "when,a,b,is_anomaly\n2024-01-01 00:00,1,5,0\n2024-01-01 00:01,2,6,1\n";
    let roles = [("b".to_string(), Role::Ignore), ("is_anomaly".to_string(), Role::Value)];
    let choices = Choices { roles: roles.into(), zone_minutes: Some(120), ..Choices::default() };
    let mut reader = Reader::new(choices);
    reader.feed(text.as_bytes()).expect("text");
    let table = reader.finish().expect("a table");
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["a", "is_anomaly"]);
    assert_eq!(table.times_ms[0], 1_704_067_200_000 - 7_200_000);
    assert!(table.note.plan.needs_zone && table.labels.is_empty());
    let guessed = read(text).expect("a table");
    assert_eq!((guessed.labels.clone(), guessed.note.labelled_rows), (vec![false, true], 1));
    assert_eq!(guessed.columns.len(), 2);
}

#[test]
fn days_of_a_spreadsheet_are_times() {
    for (text, name) in [
        ("time,load\n45292.0,1\n45292.5,2\n45293.25,3\n", "time"),
        ("Datum;load\n45292,0;1\n45292,5;2\n45293,25;3\n", "Datum"),
    ] {
        let table = read(text).expect(text);
        assert_eq!(table.note.time_column.as_deref(), Some(name));
        // 1 January 2024, midnight and noon; 2 January, six in the morning.
        assert_eq!(table.times_ms, [1_704_067_200_000, 1_704_110_400_000, 1_704_175_200_000]);
        assert!(table.note.plan.needs_zone);
    }
    // Numbers of that size are no days where nothing says so.
    let table = read("pressure,load\n45292,1\n45293,2\n45294,3\n").expect("three rows");
    assert_eq!(table.note.time_column, None);
}

#[test]
fn lines_before_the_header_are_read_as_what_they_are() {
    let plain = read("time,a\n2024-01-01,1\n2024-01-02,2\n").expect("two rows");
    for text in [
        "# exported\n# by a logger, version 2\ntime,a\n2024-01-01,1\n2024-01-02,2\n",
        "#time,a\n2024-01-01,1\n2024-01-02,2\n",
        "sep=|\ntime|a\n2024-01-01|1\n2024-01-02|2\n",
    ] {
        let table = read(text).expect(text);
        assert_eq!(
            (&table.times_ms, &table.columns[0].name),
            (&plain.times_ms, &plain.columns[0].name),
            "{text}"
        );
        assert_eq!(table.note.bad_rows, 0, "{text}");
    }
}

#[test]
fn names_that_an_older_program_wrote_are_read() {
    let mut reader = Reader::default();
    reader.feed(b"time,Gr\xf6\xdfe,\xb0C\n2024-01-01,1,2\n").expect("text");
    let table = reader.finish().expect("a row");
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["Größe", "°C"]);
}

#[test]
fn a_day_and_a_clock_in_two_columns_are_one_time() {
    for text in [
        "Date,Time,load\n31/01/2024,23:59:30,1\n01/02/2024,00:00:30,2\n",
        "load;Time;Date\n1;11:59:30 PM;31.01.2024\n2;12:00:30 AM;01.02.2024\n",
    ] {
        let table = read(text).expect(text);
        assert_eq!(table.times_ms, [1_706_745_570_000, 1_706_745_630_000], "{text}");
        assert_eq!(table.note.time_column.as_deref(), Some("Date"));
        assert_eq!(table.columns.len(), 1);
    }
}

#[test]
fn utf_16_is_read_as_spreadsheets_save_it() {
    let text = "Zeit\tTemperatur °C\r\n2024-01-01 00:00\t1,5\r\n2024-01-01 00:01\t2,5\r\n";
    for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
        let file: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(bytes).collect();
        let mut reader = Reader::default();
        for piece in file.chunks(7) {
            reader.feed(piece).expect("text");
        }
        let table = reader.finish().expect("a table");
        assert_eq!(
            (table.columns[0].name.as_str(), &table.columns[0].values[..]),
            ("Temperatur °C", &[1.5, 2.5][..])
        );
        assert_eq!(table.note.time_column.as_deref(), Some("Zeit"));
    }
}

#[test]
fn a_json_list_is_read_like_its_lines() {
    let lines = "{\"time\": \"2024-01-01\", \"a\": 1}\n{\"time\": \"2024-01-02\", \"a\": null}\n";
    let expected = read(lines).expect("lines");
    for text in [
        "[{\"time\": \"2024-01-01\", \"a\": 1}, {\"time\": \"2024-01-02\", \"a\": null}]",
        "[\n  {\n    \"time\": \"2024-01-01\",\n    \"a\": 1\n  },\n  {\n    \"time\": \"2024-01-02\"\n  }\n]\n",
        "{\"of\": \"x\", \"rows\": [{\"time\": \"2024-01-01\", \"a\": 1}, {\"time\": \"2024-01-02\"}], \"more\": [{\"a\": 3}]}",
        "[[\"time\", \"a\"], [\"2024-01-01\", 1], [\"2024-01-02\", null]]",
    ] {
        let table = read(text).expect(text);
        assert_eq!(
            (table.times_ms, &table.columns[0].name),
            (expected.times_ms.clone(), &expected.columns[0].name)
        );
        assert!(table.columns[0].values[0] == 1.0 && table.columns[0].values[1].is_nan(), "{text}");
    }
    assert_eq!(values("[3, 4, 5]"), [vec![3.0, 4.0, 5.0]]);
    let half = read("[{\"a\": 1},\n{\"a\": 2},\n{\"a\"").expect("two rows");
    assert_eq!((half.note.rows, half.note.bad_lines[0].line), (2, 3));
    assert_eq!(read("[]"), Err(TableFault::Empty));
}

#[test]
fn numbers_keep_their_unit_and_are_brought_to_one() {
    let table = read(
        "load;memory;temp;users;name\n35 %;512 kB;21,5°C;950;a 1\n40 %;1,5 MB;22°C;1,2K;b 2\n5 %;0;;2K;c 3\n",
    )
    .expect("a table");
    let told: Vec<(&str, Option<&str>)> =
        table.columns.iter().map(|column| (column.name.as_str(), column.unit.as_deref())).collect();
    assert_eq!(told, [("load", Some("%")), ("memory", Some("kB")), ("temp", Some("°C")), ("users", None)]);
    let read_as: Vec<&[f64]> = table.columns.iter().map(|column| &column.values[..]).collect();
    assert_eq!((read_as[0], read_as[1]), (&[35.0, 40.0, 5.0][..], &[512.0, 1500.0, 0.0][..]));
    assert_eq!((&read_as[2][..2], read_as[3]), (&[21.5, 22.0][..], &[950.0, 1200.0, 2000.0][..]));
    // Kelvin are no thousands, and a word behind a few numbers is no unit.
    assert_eq!(values("t\n290 K\n300 K\n"), [vec![290.0, 300.0]]);
    assert!(read("room\n1 up\n2 down\n3 left\n4 right\n").is_err());
    let things = read("time,sensor,value\n2024-01-01T00:00,door,5 ms\n2024-01-01T00:00,gate,7 ms\n2024-01-01T00:01,door,6 ms\n2024-01-01T00:01,gate,8 ms\n")
        .expect("events");
    assert!(things.columns.iter().all(|column| column.unit.as_deref() == Some("ms")), "{things:?}");
}

#[test]
fn rows_are_gathered_where_somebody_says_so() {
    let choices = |frame_ms| Choices { frame_ms: Some(frame_ms), ..Choices::default() };
    let gathered = |text: &str, frame_ms| {
        let mut reader = Reader::new(choices(frame_ms));
        reader.feed(text.as_bytes()).and_then(|()| reader.finish()).expect(text)
    };
    let rows: String =
        (0..12).map(|row| format!("2024-01-01T00:00:{:02},{row},\n", row * 10)).take(6).collect();
    let table = gathered(&format!("time,a,b\n{rows}2024-01-01T00:01:00,7,9\n"), 60_000.0);
    let told: Vec<(&str, &[f64])> =
        table.columns.iter().map(|column| (column.name.as_str(), &column.values[..])).collect();
    assert_eq!(told[0], ("a", &[2.5, 7.0][..]));
    assert!(told[1].0 == "b" && told[1].1[0].is_nan() && told[1].1[1] == 9.0);
    assert_eq!((table.note.events, table.note.rows, table.note.plan.frame_ms), (7, 2, Some(60_000.0)));
    let counted: String = (0..40).map(|row| format!("{row}\n")).collect();
    let table = gathered(&format!("a\n{counted}"), 10.0);
    assert_eq!(table.columns[0].values, [4.5, 14.5, 24.5, 34.5]);
}

/// Berlin's clock in 2024, and what its rows look like every half hour.
fn berlin() -> Option<Zone> {
    Some(crate::table::zone::tests::berlin())
}

#[test]
fn local_times_are_read_over_both_changes_of_the_clock() {
    use crate::table::{Zones, civil};

    let zone = berlin().expect("it is there");
    for from_ms in [1_711_760_400_000, 1_729_900_800_000_i64] {
        let times_ms: Vec<i64> = (0..60).map(|row| from_ms + row * 1_800_000).collect();
        let row = |at_ms: &i64| {
            let local_ms = zone.local_ms(*at_ms);
            let (year, month, day) = civil(local_ms);
            let minute = local_ms.rem_euclid(86_400_000) / 60_000;
            format!("{year}-{month:02}-{day:02} {:02}:{:02},{}\n", minute / 60, minute % 60, at_ms % 7)
        };
        let rows: String = times_ms.iter().map(row).collect();
        let read = |name: &str, zones: Zones| {
            let mut reader = Reader::default().with_zones(zones);
            let text = format!("{name},a\n{rows}");
            reader.feed(text.as_bytes()).and_then(|()| reader.finish()).expect("a table")
        };
        let chosen = read("time", Zones { chosen: Some(zone.clone()), own: None });
        assert_eq!(chosen.times_ms, times_ms);
        assert!(chosen.note.plan.needs_zone && !chosen.note.plan.zone_is_told);
        assert_eq!((chosen.note.plan.zone, chosen.note.skipped_rows), (zone.clone(), 0));

        let told = read("time", Zones { chosen: None, own: Some(berlin) });
        assert_eq!((told.times_ms, told.note.merged_rows), (times_ms.clone(), 0));
        assert!(told.note.plan.zone_is_told && told.note.plan.zone == zone);

        let elsewhere = read("time", Zones { chosen: None, own: Some(|| Some(Zone::fixed(120))) });
        assert_ne!(elsewhere.times_ms, times_ms, "nobody guesses another clock");
        assert_eq!(elsewhere.note.plan.zone, Zone::default());
        let named = read("time (UTC+1)", Zones { chosen: None, own: Some(berlin) });
        assert!(!named.note.plan.needs_zone && named.note.plan.zone == Zone::fixed(60));
    }
}

#[test]
fn times_that_name_their_offsets_say_when_the_clock_was_changed() {
    let table = read(
        "time,a\n2024-10-27T02:30:00+02:00,1\n2024-10-27T02:30:00+01:00,2\n2024-10-27T03:30:00+01:00,3\n",
    )
    .expect("a table");
    let zone = table.note.plan.zone;
    assert_eq!((zone.minutes, zone.changes), (120, vec![(table.times_ms[1], 60)]));
    assert!(!table.note.plan.needs_zone);
}

#[test]
fn what_pandas_writes_is_a_table() {
    let told = |text: &str| {
        let table = read(text).expect(text);
        let columns = table.columns.iter().map(|column| (column.name.clone(), column.values.clone()));
        (table.times_ms, columns.collect::<Vec<_>>())
    };
    let expected = |times_ms: [i64; 3]| {
        let columns = [("a".to_string(), vec![1.0, 2.0, 3.0]), ("b.c".to_string(), vec![0.5, 1.5, 2.5])];
        (times_ms.to_vec(), columns.to_vec())
    };
    let hours = [0, 1, 2].map(|hour| 1_704_067_200_000 + hour * 3_600_000);
    for (text, times_ms) in [
        (r#"{"columns":["a","b.c"],"index":[0,1,2],"data":[[1,0.5],[2,1.5],[3,2.5]]}"#, [0, 1, 2]),
        (
            r#"{"columns":["a","b.c"],"index":[1704067200000,1704070800000,1704074400000],"data":[[1,0.5],[2,1.5],[3,2.5]]}"#,
            hours,
        ),
        (r#"{"a":{"0":1,"1":2,"2":3},"b.c":{"0":0.5,"1":1.5,"2":2.5}}"#, [0, 1, 2]),
        (
            r#"{"a":{"2024-01-01T00:00:00.000":1,"2024-01-01T01:00:00.000":2,"2024-01-01T02:00:00.000":3},"b.c":{"2024-01-01T00:00:00.000":0.5,"2024-01-01T02:00:00.000":2.5,"2024-01-01T01:00:00.000":1.5}}"#,
            hours,
        ),
        (
            r#"{"1704067200000":{"a":1,"b.c":0.5},"1704070800000":{"a":2,"b.c":1.5},"1704074400000":{"a":3,"b.c":2.5}}"#,
            hours,
        ),
        (r#"[{"a":1,"b.c":0.5},{"a":2,"b.c":1.5},{"a":3,"b.c":2.5}]"#, [0, 1, 2]),
        (r#"{"a":[1,2,3],"b.c":[0.5,1.5,2.5]}"#, [0, 1, 2]),
        ("{\n  \"a\": [1,\n 2, 3],\n  \"b.c\": [0.5, 1.5, 2.5]\n}\n", [0, 1, 2]),
    ] {
        assert_eq!(told(text), expected(times_ms), "{text}");
    }
    let text: Vec<String> = (0..900).map(|row| format!("\"{row}\":{row}")).collect();
    assert_eq!(values(&format!("{{\"a\":{{{}}}}}", text.join(",")))[0].len(), 900);
    assert_eq!(
        values(r#"{"t":5,"values":{"x":1,"y":2}}"#),
        [vec![5.0], vec![1.0], vec![2.0]],
        "one frame is a row"
    );
}

#[test]
fn headers_name_units() {
    let table = read("time (UTC),flow (m3/h),accel [m/s2],rho (kg/m³),load (%),room (west),temp (°C),temp (°F)\n2024-01-01,1,2 ,3,4,5,6,7\n2024-01-02,1,2,3,4,5,6,7\n").expect("a table");
    let told: Vec<(&str, Option<&str>)> =
        table.columns.iter().map(|column| (column.name.as_str(), column.unit.as_deref())).collect();
    let expected = [
        ("flow", Some("m3/h")),
        ("accel", Some("m/s2")),
        ("rho", Some("kg/m³")),
        ("load", Some("%")),
        ("room (west)", None),
        ("temp (°C)", None),
        ("temp (°F)", None),
    ];
    assert_eq!(told, expected);
    assert_eq!(table.note.time_column.as_deref(), Some("time (UTC)"));
}

#[test]
fn keys_name_units() {
    let [one, other] =
        [1, 2].map(|day| format!(r#"{{"time":"2024-01-0{day}","flow (m3/h)":1,"temp (°C)":20}}"#));
    for text in [format!("{one}\n{other}\n"), format!("[{one},{other}]")] {
        let table = read(&text).expect("a table");
        let told: Vec<(&str, Option<&str>, &[f64])> = (table.columns.iter())
            .map(|column| (column.name.as_str(), column.unit.as_deref(), column.values.as_slice()))
            .collect();
        let expected: [(&str, Option<&str>, &[f64]); 2] =
            [("flow", Some("m3/h"), &[1.0, 1.0]), ("temp", Some("°C"), &[20.0, 20.0])];
        assert_eq!(told, expected);
    }
}
