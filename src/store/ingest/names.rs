//! The names that each DeviceId has in one export.

use std::collections::BTreeMap;

use super::recent::ByHash;
use crate::event::Device;
use crate::source::{MOST_NAMED, Notice};

/// Hosts that are told apart of one device; whoever writes an export chooses how many there are.
const MOST_HOSTS: usize = 1000;

/// The names that devices with an id had.
#[derive(Debug, Default)]
pub struct DeviceNames(ByHash<i64, Named>);

#[derive(Debug)]
struct Named {
    id: Box<str>,
    /// The name that came last, which mostly comes again.
    last: Box<str>,
    /// A name each by the host that it begins with, in small letters: `web01` and `web01.example.com` are one.
    hosts: BTreeMap<Box<str>, Box<str>>,
}

impl DeviceNames {
    /// Sees a device of this number.
    pub fn see(&mut self, device_id: i64, device: &Device<'_>) {
        if device.id.is_empty() || device.name.is_empty() {
            return;
        }
        let named = self.0.entry(device_id).or_insert_with(|| Named {
            id: device.id.into(),
            last: "".into(),
            hosts: BTreeMap::new(),
        });
        if *named.last == *device.name {
            return;
        }
        named.last = device.name.into();
        let host = device.name.split('.').next().unwrap_or_default().to_lowercase();
        if named.hosts.len() < MOST_HOSTS {
            named.hosts.entry(host.into()).or_insert_with(|| device.name.into());
        }
    }

    /// A notice for each id that had several, of the first few ids.
    pub fn notices(&self) -> Vec<Notice> {
        let mut many: Vec<&Named> = self.0.values().filter(|named| named.hosts.len() > 1).collect();
        many.sort_by(|a, b| a.id.cmp(&b.id));
        let notice = |named: &&Named| Notice::ManyNames {
            device_id: named.id.to_string(),
            names: named.hosts.values().take(MOST_NAMED).map(ToString::to_string).collect(),
            more: named.hosts.len().saturating_sub(MOST_NAMED) as u64,
        };
        many.iter().take(MOST_NAMED).map(notice).collect()
    }
}
