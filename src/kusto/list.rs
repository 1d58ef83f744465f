//! Reading the list of needles that `has_any`, `has_all` and the `in` family take.

use serde_json::Value;

use super::error::BadNeedle;

/// Reads a JSON array as the texts of its elements, in order.
///
/// Strings are taken as they are, null as the empty string, numbers, booleans and objects as their
/// JSON text; nested arrays are flattened, as Kusto does. Errors: [`BadNeedle::List`].
///
/// Source: <https://learn.microsoft.com/kusto/query/in-operator>.
pub(super) fn read_list(list: &str) -> Result<Vec<String>, BadNeedle> {
    let elements: Vec<Value> =
        serde_json::from_str(list).map_err(|cause| BadNeedle::List { list: list.to_owned(), cause })?;
    let mut texts = Vec::with_capacity(elements.len());
    flatten(elements, &mut texts);
    Ok(texts)
}

/// Adds the texts of `elements` to `texts`; the parser bounds how deep they nest.
fn flatten(elements: Vec<Value>, texts: &mut Vec<String>) {
    for element in elements {
        match element {
            Value::Array(elements) => flatten(elements, texts),
            Value::String(text) => texts.push(text),
            Value::Null => texts.push(String::new()),
            other => texts.push(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_become_texts_and_nested_arrays_are_flattened() -> Result<(), BadNeedle> {
        for (list, texts) in [
            ("[]", vec![]),
            (" [ ] ", vec![]),
            (r#"["a", ""]"#, vec!["a", ""]),
            (r#"[null, 4104, -0.5, true]"#, vec!["", "4104", "-0.5", "true"]),
            (r#"["a", ["b", [["c"]], []]]"#, vec!["a", "b", "c"]),
            (r#"["C:\\x", "\u00e9", "é"]"#, vec![r"C:\x", "é", "é"]),
            (r#"[{"a":1}]"#, vec![r#"{"a":1}"#]),
        ] {
            assert_eq!(read_list(list)?, texts, "{list}");
        }
        Ok(())
    }

    #[test]
    fn anything_but_one_array_is_an_error_that_quotes_it() {
        let too_deep = "[".repeat(100_000);
        for list in ["", "a", r#""a""#, "{}", "[", "['a']", "[] []", "null", &too_deep] {
            let message = read_list(list).err().map(|error| error.to_string());
            let start = format!("\"{}", list.chars().take(9).collect::<String>());
            assert!(message.is_some_and(|text| text.starts_with(&start)), "{list}");
        }
    }
}
