//! What the source takes, and what it costs to build it.

use four_ways::measure::rounds::rounded;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::environment::told;
use super::markdown::{NONE, grouped, more, per_cent, table, whole};

#[derive(Deserialize)]
pub struct Source {
    styles: Vec<Style>,
    #[serde(deserialize_with = "told")]
    null_binary: Option<u64>,
    #[serde(deserialize_with = "told")]
    clean: Option<Builds>,
    #[serde(deserialize_with = "told")]
    incremental: Option<Builds>,
}

#[derive(Deserialize)]
struct Style {
    style: String,
    files: Vec<File>,
    #[serde(deserialize_with = "told")]
    binary: Option<u64>,
}

#[derive(Deserialize)]
struct File {
    file: String,
    tokens: usize,
    deepest: usize,
    weight: usize,
    /// None are looked for in what is not written again for each layer or unit.
    #[serde(deserialize_with = "told")]
    sites: Option<Vec<IgnoredAny>>,
}

/// Builds of the null style, and of the styles in their order.
#[derive(Deserialize)]
struct Builds {
    null_seconds: f64,
    rounds: usize,
    resolution: f64,
    ratios: Vec<f64>,
}

impl File {
    fn is_layer_or_unit(&self) -> bool {
        self.sites.is_some()
    }
}

impl Source {
    fn style(&self, name: &str) -> Result<&Style, String> {
        let found = self.styles.iter().find(|style| style.style == name);
        found.ok_or_else(|| format!("there is no style `{name}`"))
    }

    /// All tokens of a style.
    pub fn tokens(&self, style: &str) -> Result<String, String> {
        let tokens: usize = self.style(style)?.files.iter().map(|file| file.tokens).sum();
        Ok(whole(tokens as f64))
    }

    /// How often a style has to think of failure.
    pub fn sites(&self, style: &str) -> Result<String, String> {
        let sites = self.style(style)?.files.iter().flat_map(|file| &file.sites);
        Ok(sites.map(Vec::len).sum::<usize>().to_string())
    }

    /// A row for each style.
    pub fn table(&self) -> String {
        let rows = self.styles.iter().map(|style| {
            let Style { style, files, .. } = style;
            let sum = |of: fn(&File) -> usize| whole(files.iter().map(of).sum::<usize>() as f64);
            vec![
                style.clone(),
                sum(|file| file.tokens),
                sum(|file| if file.is_layer_or_unit() { file.tokens } else { 0 }),
                files.iter().map(|file| file.deepest).max().unwrap_or_default().to_string(),
                sum(|file| file.weight),
                sum(|file| file.sites.as_ref().map_or(0, Vec::len)),
            ]
        });
        let header =
            ["", "tokens", "of layers and units", "deepest", "nesting by weight", "error sites"];
        table(&header, &rows.collect::<Vec<_>>())
    }

    /// The tokens of each layer and unit.
    pub fn files(&self) -> String {
        let mut names: Vec<&str> = Vec::new();
        for file in self.styles.iter().flat_map(|style| &style.files) {
            let name = file.file.as_str();
            if file.is_layer_or_unit() && !names.contains(&name) {
                names.push(name);
            }
        }
        let rows = names.into_iter().map(|name| {
            let tokens = self.styles.iter().map(|style| {
                let file = style.files.iter().find(|file| file.file == name);
                file.map_or(NONE.to_owned(), |file| whole(file.tokens as f64))
            });
            [name.trim_end_matches(".rs").to_owned()].into_iter().chain(tokens).collect()
        });
        let header = self.styles.iter().map(|style| style.style.as_str());
        let header: Vec<_> = ["tokens"].into_iter().chain(header).collect();
        table(&header, &rows.collect::<Vec<_>>())
    }

    /// What a build takes over the null style's.
    pub fn builds(&self) -> String {
        let builds = [("clean", &self.clean), ("incremental", &self.incremental)];
        let times = builds.map(|(name, builds)| {
            let cells = self.styles.iter().enumerate();
            let cells = cells
                .map(|(at, _)| builds.as_ref().map_or(NONE.to_owned(), |builds| builds.over(at)));
            let trust = builds.as_ref().map_or([NONE, NONE].map(str::to_owned), |builds| {
                let Builds { null_seconds, rounds, resolution, .. } = builds;
                let null = rounded(*null_seconds, null_seconds * resolution);
                [null, format!("{} (rounds: {rounds})", per_cent(*resolution))]
            });
            let [null, trust] = trust;
            let first = [format!("{name} build, s"), null].into_iter();
            first.chain(cells).chain([trust]).collect()
        });
        let null = self.null_binary.map(|null| null as f64);
        let binary = self.styles.iter().map(|style| match (style.binary, null) {
            (Some(binary), Some(null)) => more(binary as f64 - null),
            _ => NONE.to_owned(),
        });
        let first = ["binary, bytes".to_owned(), null.map_or(NONE.to_owned(), whole)];
        let binary = first.into_iter().chain(binary).chain(["exact".to_owned()]).collect();
        let header = self.styles.iter().map(|style| style.style.as_str());
        let header: Vec<_> = ["over the null style", "null"]
            .into_iter()
            .chain(header)
            .chain(["resolution"])
            .collect();
        let [clean, incremental] = times;
        table(&header, &[clean, incremental, binary])
    }
}

impl Builds {
    fn over(&self, at: usize) -> String {
        let Some(ratio) = self.ratios.get(at) else { return NONE.to_owned() };
        let over = (ratio - 1.0) * self.null_seconds;
        if (ratio - 1.0).abs() <= self.resolution {
            return "≈".to_owned();
        }
        let sign = if over < 0.0 { "−" } else { "+" };
        let shown = rounded(over.abs(), self.resolution * ratio * self.null_seconds);
        format!("{sign}{}", grouped(&shown))
    }
}
