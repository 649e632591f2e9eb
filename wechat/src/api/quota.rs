//! Quotas (查询 API 调用额度, 清空 API 的调用次数), and the addresses that WeChat calls from (获取微信服务器
//! IP 地址).

use serde::{Deserialize, Serialize};

/// `POST /cgi-bin/clear_quota`: sets all daily counts of the account to 0. It can be called 10
/// times a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClearQuota {
    /// `appid`.
    #[serde(rename = "appid")]
    pub app_id: String,
}

/// `POST /cgi-bin/openapi/quota/get`: asks for the count of one API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaRequest {
    /// `cgi_path`: the API's path.
    #[serde(rename = "cgi_path")]
    pub path: String,
}

/// The answer to [`QuotaRequest`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaAnswer {
    /// The count.
    pub quota: Quota,
}

/// The count of one API today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quota {
    /// How many calls are allowed in a day.
    pub daily_limit: u64,
    /// How many were made.
    pub used: u64,
    /// How many are left.
    pub remain: u64,
}

/// The answer to `GET /cgi-bin/getcallbackip` and `/cgi-bin/get_api_domain_ip`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addresses {
    /// `ip_list`: addresses and networks (`101.226.103.0/25`).
    pub ip_list: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::error::read;

    #[test]
    fn a_quota_is_read_behind_its_status() {
        let body = b"{\"errcode\":0,\"quota\":{\"daily_limit\":9,\"used\":2,\"remain\":7}}";
        let expected = QuotaAnswer { quota: Quota { daily_limit: 9, used: 2, remain: 7 } };
        assert_eq!(read(body), Ok(expected));
    }

    #[test]
    fn requests_have_wechats_names() {
        let clear = serde_json::to_string(&ClearQuota { app_id: "wx1".into() });
        assert_eq!(clear.expect("JSON"), "{\"appid\":\"wx1\"}");
        let ask = serde_json::to_string(&QuotaRequest { path: "/a".into() });
        assert_eq!(ask.expect("JSON"), "{\"cgi_path\":\"/a\"}");
    }
}
