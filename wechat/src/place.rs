//! A place on the map, as messages and events contain it.

use crate::fields::Fields;

/// A place on the map. The degrees are decimal texts as they were sent, because `f64` has no `Eq`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// `Location_X`: the latitude.
    pub latitude: String,
    /// `Location_Y`: the longitude.
    pub longitude: String,
    /// `Scale` of the map.
    pub scale: String,
    /// `Label`: the address.
    pub label: String,
}

impl Place {
    pub(crate) fn read(fields: &mut Fields<'_, '_>) -> Self {
        Self {
            latitude: fields.text("Location_X"),
            longitude: fields.text("Location_Y"),
            scale: fields.text("Scale"),
            label: fields.text("Label"),
        }
    }

    /// Latitude and longitude in degrees; `None` when WeChat sent something that is not a number.
    #[must_use]
    pub fn degrees(&self) -> Option<(f64, f64)> {
        Some((self.latitude.parse().ok()?, self.longitude.parse().ok()?))
    }
}
