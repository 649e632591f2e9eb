//! A lesson: four programs, the JavaScript that they come from, what they print, and the page.

/// One lesson.
#[derive(Debug)]
pub struct Lesson {
    /// The name of its folder.
    pub name: &'static str,
    /// The four programs, in historical order.
    pub programs: [Program; 4],
    /// The JavaScript.
    pub original: &'static str,
    /// What the programs print, in blocks: see [`Lesson::expected`].
    pub output: &'static str,
    /// The page, in English.
    pub page: &'static str,
    /// The page, in Chinese.
    pub page_zh: &'static str,
}

/// A program of a lesson.
#[derive(Debug)]
pub struct Program {
    /// The name of its file.
    pub file: &'static str,
    /// Its source.
    pub source: &'static str,
    /// Runs it on the [`stage`](crate::stage).
    pub run: fn(),
}

/// The name of the JavaScript's file.
pub const ORIGINAL: &str = "original.mjs";

impl Lesson {
    /// The text that `file` must print, without the end of the last line. A block of
    /// [`Lesson::output`] begins with a line that names the files that print it, such as
    /// `== callbacks.rs, promises.rs` or `== all`.
    #[must_use]
    pub fn expected(&self, file: &str) -> Option<&'static str> {
        let mut blocks = self.blocks();
        blocks.find_map(|(files, text)| {
            let names_it = files == "all" || files.split(", ").any(|each| each == file);
            names_it.then_some(text)
        })
    }

    /// The blocks of the output: which files print it, and the text.
    pub fn blocks(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let blocks = self.output.strip_prefix("== ").unwrap_or_default().split("\n== ");
        blocks.filter_map(|block| block.trim_end().split_once('\n'))
    }

    /// The title: the first line of the page.
    #[must_use]
    pub fn title(&self) -> &'static str {
        title(self.page)
    }

    /// The title in Chinese.
    #[must_use]
    pub fn title_zh(&self) -> &'static str {
        title(self.page_zh)
    }
}

fn title(page: &'static str) -> &'static str {
    page.lines().next().unwrap_or_default().trim_start_matches("# ")
}

/// Declares the lesson in the folder of this file.
macro_rules! lesson {
    ($name:literal) => {
        mod async_await;
        mod callbacks;
        mod generators;
        mod promises;

        pub const LESSON: $crate::lesson::Lesson = $crate::lesson::Lesson {
            name: $name,
            programs: [
                $crate::lesson::Program {
                    file: "callbacks.rs",
                    source: include_str!("callbacks.rs"),
                    run: callbacks::run,
                },
                $crate::lesson::Program {
                    file: "promises.rs",
                    source: include_str!("promises.rs"),
                    run: promises::run,
                },
                $crate::lesson::Program {
                    file: "generators.rs",
                    source: include_str!("generators.rs"),
                    run: generators::run,
                },
                $crate::lesson::Program {
                    file: "async_await.rs",
                    source: include_str!("async_await.rs"),
                    run: async_await::run,
                },
            ],
            original: include_str!("original.mjs"),
            output: include_str!("output.txt"),
            page: include_str!("README.md"),
            page_zh: include_str!("README.zh.md"),
        };
    };
}
pub(crate) use lesson;
