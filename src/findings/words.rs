//! Closed sets of words: as they are stored, as they are typed, and as people read them.

/// Defines an enum of words, each with its stored name, the text for people, and further spellings that are read.
macro_rules! words {
    (
        $(#[$docs:meta])* $type:ident {
            $($variant:ident = $name:literal, $shown:literal $(, also $($alias:literal)|+)?;)+
        }
    ) => {
        $(#[$docs])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[allow(missing_docs, reason = "the words say it")]
        pub enum $type { $($variant),+ }

        impl $type {
            /// Every word.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word as Microsoft Graph spells it; it is stored and exported.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The word as the commands and their help teach it.
            pub fn typed(self) -> String {
                match self.name() {
                    "truePositive" => "tp".to_owned(),
                    "informationalExpectedActivity" => "benign".to_owned(),
                    "falsePositive" => "fp".to_owned(),
                    name => $crate::findings::words::to_kebab(name),
                }
            }

            /// The word as the portal shows it.
            pub const fn shown(self) -> &'static str {
                match self { $(Self::$variant => $shown),+ }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }

        impl std::str::FromStr for $type {
            type Err = String;

            /// Reads Graph's word, the portal's, or a short form; case, blanks and hyphens do not count.
            fn from_str(text: &str) -> std::result::Result<Self, String> {
                use $crate::findings::words::fold;
                let key = fold(text);
                $(
                    if key == fold($name) || key == fold($shown) $($(|| key == $alias)+)? {
                        return Ok(Self::$variant);
                    }
                )+
                let mut allowed: Vec<String> = Self::ALL.iter().map(|word| word.typed()).collect();
                // Not to know is no conclusion to begin with.
                if allowed[0] == "unknown" {
                    allowed.rotate_left(1);
                }
                let found = $crate::error::quoted(text);
                Err(format!("found {found}, expected one of {}", allowed.join(", ")))
            }
        }
    };
}
pub(super) use words;

/// `in-progress` for `inProgress`.
pub fn to_kebab(name: &str) -> String {
    let mut kebab = String::new();
    for character in name.chars() {
        if character.is_ascii_uppercase() {
            kebab.push('-');
        }
        kebab.push(character.to_ascii_lowercase());
    }
    kebab
}

/// The text without regard to case, blanks and hyphens.
pub fn fold(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
