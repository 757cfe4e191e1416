//! The shipped schemas, and schemas as JSON text.

/// The names of the presets.
pub const PRESETS: [&str; 5] = ["lifelog", "service", "iot", "transactions", "network"];

#[cfg(feature = "json")]
mod json {
    use alloc::string::ToString;
    use alloc::vec;

    use crate::error::{Error, SchemaFault};
    use crate::schema::SchemaDraft;

    impl SchemaDraft {
        /// A draft from JSON text.
        ///
        /// ```
        /// let draft = fourfold::SchemaDraft::from_json(r#"{"streams": ["cpu", {"name": "disk", "unit": "GB"}]}"#)?;
        /// assert_eq!(draft.streams[1].unit.as_deref(), Some("GB"));
        /// # Ok::<(), fourfold::Error>(())
        /// ```
        pub fn from_json(text: &str) -> Result<Self, Error> {
            serde_json::from_str(text)
                .map_err(|fault| Error::Schema(vec![SchemaFault::Malformed(fault.to_string())]))
        }

        /// One of [`PRESETS`](crate::schema::PRESETS).
        ///
        /// ```
        /// let schema = fourfold::SchemaDraft::preset("iot")?.validate()?;
        /// assert_eq!(schema.streams()[0].name, "temperature");
        /// # Ok::<(), fourfold::Error>(())
        /// ```
        pub fn preset(name: &str) -> Result<Self, Error> {
            Self::from_json(match name {
                "lifelog" => include_str!("../../presets/lifelog.json"),
                "service" => include_str!("../../presets/service.json"),
                "iot" => include_str!("../../presets/iot.json"),
                "transactions" => include_str!("../../presets/transactions.json"),
                "network" => include_str!("../../presets/network.json"),
                _ => return Err(Error::Schema(vec![SchemaFault::UnknownPreset(name.to_string())])),
            })
        }
    }
}
