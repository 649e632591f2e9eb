//! The operator's listener.

use four_ways::server::Caps;

use crate::client::{ask, signed};
use crate::in_every_style;

#[test]
fn metrics_and_health_are_on_a_listener_of_their_own_and_accounts_are_not() {
    in_every_style(Caps::default(), |server| {
        let healthy = ask(server.admin, "GET", "/healthz", "");
        assert_eq!((&*healthy.body, healthy.header("allow")), ("ok", vec![]));
        assert_eq!(ask(server.admin, "POST", "/healthz", "").header("allow"), ["GET, HEAD"]);
        let metrics = ask(server.admin, "GET", "/metrics", "").body;
        assert!(metrics.contains("four_ways_connections_total 0\n"), "{metrics}");
        for path in ["/healthz", "/metrics"] {
            let answer = ask(server.address, "GET", path, "");
            let words = "not found: WeChat's URL is /wechat/{account}";
            assert_eq!((answer.status, &*answer.body), (404, words), "{path}");
        }
        let target = format!("{}&echostr=1", signed("demo", "1"));
        assert_eq!(ask(server.address, "GET", &target, "").status, 200);
        assert_eq!(ask(server.admin, "GET", &target, "").status, 404);
    });
}
