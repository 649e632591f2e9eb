//! How often a path of the API may be called in a day (接口调用频次限制). Days begin at midnight in
//! Beijing.

use std::collections::BTreeMap;
use std::time::Duration;

use wechat::api::Code;

/// How often `clear_quota` may be called in a month; here, in thirty days.
const CLEARINGS: u32 = 10;

/// The day of a time, in Beijing.
#[must_use]
pub fn day(now: Duration) -> u64 {
    (now.as_secs() + 8 * 3600) / (24 * 3600)
}

/// The counts of one account.
#[derive(Debug, Clone)]
pub struct Quotas {
    limits: BTreeMap<String, u32>,
    today: u64,
    used: BTreeMap<String, u32>,
    month: u64,
    clearings: u32,
}

impl Default for Quotas {
    /// What a verified account has.
    fn default() -> Self {
        let limits = [
            ("/cgi-bin/token", 2_000),
            ("/cgi-bin/stable_token", 500_000),
            ("/cgi-bin/message/custom/send", 500_000),
            ("/cgi-bin/user/info", 5_000_000),
            ("/cgi-bin/qrcode/create", 100_000),
        ];
        Self {
            limits: limits.map(|(path, limit)| (path.to_owned(), limit)).into(),
            today: 0,
            used: BTreeMap::new(),
            month: 0,
            clearings: 0,
        }
    }
}

impl Quotas {
    /// Sets the limit of a path.
    pub fn limit(&mut self, path: impl Into<String>, limit: u32) {
        self.limits.insert(path.into(), limit);
    }

    /// Counts a call.
    ///
    /// # Errors
    /// 45009 when the day's calls are used up.
    pub fn count(&mut self, path: &str, now: Duration) -> Result<(), Code> {
        if self.today != day(now) {
            self.today = day(now);
            self.used.clear();
        }
        let Some(limit) = self.limits.get(path) else { return Ok(()) };
        let used = self.used.entry(path.to_owned()).or_default();
        if *used >= *limit {
            return Err(Code::DailyQuota);
        }
        *used += 1;
        Ok(())
    }

    /// Sets all counts to 0.
    ///
    /// # Errors
    /// 48006 when this was done too often.
    pub fn clear(&mut self, now: Duration) -> Result<(), Code> {
        if self.month != day(now) / 30 {
            self.month = day(now) / 30;
            self.clearings = 0;
        }
        if self.clearings == CLEARINGS {
            return Err(Code::Other(48006));
        }
        self.clearings += 1;
        self.used.clear();
        Ok(())
    }
}
