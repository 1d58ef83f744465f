//! What the case knows by the names in a filter.

use std::collections::{BTreeMap, BTreeSet};

use super::{Condition, Field, Filter};
use crate::error::Result;
use crate::findings::Finding;
use crate::findings::hunt::{Hunt, HuntRule, list_hunts, list_rules_of_case, unknown_hunt};
use crate::findings::names::{
    KnownDevice, check_account, check_analyst, devices_called, list_known_devices, unknown_device,
    unknown_rule,
};
use crate::store::Case;

/// What the case knows by the names in a filter; names are in lower case.
pub struct Known {
    hunts: Vec<Hunt>,
    rules: Vec<HuntRule>,
    rule_names: BTreeSet<String>,
    /// All devices; none where no condition asks for one whole.
    devices: Vec<KnownDevice>,
    /// The devices that are called so, by the names that conditions give.
    called: BTreeMap<String, BTreeSet<i64>>,
}

impl Known {
    pub fn read(case: &Case, filter: &Filter) -> Result<Self> {
        let asked: Vec<&str> = filter.conditions.iter().filter_map(Condition::device).collect();
        let devices = if asked.is_empty() { Vec::new() } else { list_known_devices(case)? };
        let keys = |name: &str| devices_called(&devices, name).iter().map(|device| device.key).collect();
        let called = asked.iter().map(|name| ((*name).to_owned(), keys(name))).collect();
        let rules = list_rules_of_case(case)?;
        let rule_names = rules.iter().map(|rule| rule.name.to_lowercase()).collect();
        Ok(Self { hunts: list_hunts(case)?, rules, rule_names, devices, called })
    }

    /// Whether a rule is called so, or, where none is, whether its name begins so.
    pub fn is_rule(&self, rule: &str, name: &str) -> bool {
        let rule = rule.to_lowercase();
        rule == name || (!self.rule_names.contains(name) && rule.starts_with(name))
    }

    /// Whether a device is called so.
    pub fn is_device(&self, device: i64, name: &str) -> bool {
        self.called.get(name).is_some_and(|keys| keys.contains(&device))
    }

    /// The name of a finding's hunt.
    pub fn hunt_name(&self, finding: &Finding) -> Option<&str> {
        let hunt = self.hunts.iter().find(|hunt| Some(hunt.id) == finding.hunt)?;
        Some(&hunt.name)
    }

    /// The only rule that a name means, as it is called.
    pub fn rule_meant(&self, name: &str) -> Option<&str> {
        let mut rules =
            self.rules.iter().map(|rule| rule.name.as_str()).filter(|rule| self.is_rule(rule, name));
        rules.next().filter(|first| rules.all(|other| other == *first))
    }

    /// The only device that a name means, as it is called.
    pub fn device_meant(&self, name: &str) -> Option<&str> {
        match devices_called(&self.devices, name).as_slice() {
            [device] => Some(device.shown()),
            _ => None,
        }
    }

    /// Refuses a filter that asks for a name, whole, that the case does not know.
    pub fn check(&self, case: &Case, filter: &Filter) -> Result<()> {
        for condition in &filter.conditions {
            if let Some((field, name)) = condition.name() {
                self.check_name(case, field, name, &condition.value)?;
            }
        }
        Ok(())
    }

    fn check_name(&self, case: &Case, field: Field, name: &str, given: &str) -> Result<()> {
        let is_hunt =
            |hunt: &Hunt| hunt.name.to_lowercase() == name || hunt.id.to_string().to_lowercase() == name;
        match field {
            Field::Device if self.called.get(name).is_none_or(BTreeSet::is_empty) => {
                Err(unknown_device(&self.devices, given))
            }
            Field::Rule if !self.rules.iter().any(|rule| self.is_rule(&rule.name, name)) => {
                Err(unknown_rule(&self.rules, given))
            }
            Field::Hunt if !self.hunts.iter().any(is_hunt) => Err(unknown_hunt(&self.hunts, given)),
            Field::Account => check_account(case, given),
            Field::Assigned => check_analyst(case, given, true),
            Field::Rule | Field::Hunt | Field::Device | Field::Command | Field::Tag => Ok(()),
        }
    }
}
