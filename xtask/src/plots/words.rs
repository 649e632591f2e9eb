//! What the plot of the replies says, in English and in Chinese.

/// Its words.
pub struct Words {
    /// Its title.
    pub title: &'static str,
    /// What it shows, for who does not see it.
    pub description: &'static str,
    /// What its axis shows.
    pub axis: &'static str,
    /// What the legend says of the baseline.
    pub baseline: &'static str,
    /// How wide the names of the rows are, in pixels.
    pub names: f64,
    /// The names of the situations, where they are other than in the results.
    pub names_of: &'static [(&'static str, &'static str)],
}

impl Words {
    /// What this is called.
    #[must_use]
    pub fn name<'a>(&self, name: &'a str) -> &'a str
    where
        'static: 'a,
    {
        self.names_of.iter().find(|(of, _)| *of == name).map_or(name, |(_, is)| is)
    }
}

/// For docs/RESULTS.md and README.md.
pub const ENGLISH: Words = Words {
    title: "Time of a reply, by situation",
    description: "For each situation the time of each style relative to the straight line, \
                  with its interval",
    axis: "time of a reply; the straight line takes 1 (logarithmic)",
    baseline: "straight line; its resolution",
    names: 262.0,
    names_of: &[],
};

/// For README.zh.md.
pub const CHINESE: Words = Words {
    title: "各种情境下一次回复的耗时",
    description: "每种情境下，四种写法的耗时与直线版本之比，连同区间",
    axis: "一次回复的耗时，直线版本为 1（对数刻度）",
    baseline: "直线版本及其分辨率",
    names: 190.0,
    names_of: &[
        ("callbacks", "回调"),
        ("promises", "Promise"),
        ("generators", "生成器"),
        ("async-await", "async/await"),
        ("text hit, ready", "命中文本，操作已完成"),
        ("voice to text, ready", "语音转文本，操作已完成"),
        ("nobody replies, ready", "无人回复，操作已完成"),
        ("handshake, ready", "接入验证，操作已完成"),
        ("bad signature, ready", "签名错误，操作已完成"),
        ("repeat, ready", "重复消息，操作已完成"),
        ("host failure, ready", "宿主出错，操作已完成"),
        ("half fail, ready", "一半出错，操作已完成"),
        ("text hit, each operation suspends once", "命中文本，每个操作挂起一次"),
        ("half fail, each operation suspends once", "一半出错，每个操作挂起一次"),
    ],
};
