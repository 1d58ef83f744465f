//! Counts in words.

/// A count with its thousands apart.
pub fn grouped(count: i64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0
            && (digits.len() - index).is_multiple_of(3)
            && digit.is_ascii_digit()
            && !text.ends_with('-')
        {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count of things, with the word for one of them or for many.
pub fn counted(count: i64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::{counted, grouped};

    #[test]
    fn one_thing_is_not_many() {
        let texts = [0, 1, 1000].map(|count| counted(count, "row", "rows"));
        assert_eq!(texts, ["0 rows", "1 row", "1,000 rows"]);
    }

    #[test]
    fn thousands_are_kept_apart() {
        let table = [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1_234_567, "1,234,567"),
            (-1000, "-1,000"),
            (-100, "-100"),
        ];
        for (count, text) in table {
            assert_eq!(grouped(count), text);
        }
    }
}
