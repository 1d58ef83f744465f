//! By what an event is known that has no number for its ReportId.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use super::interner::{Interner, folded};
use super::row::Content;
use crate::event::{
    Account, Column, Device, Image, InitiatingProcess, Logon, Process, ProcessEvent, Workspace,
};

/// By what an event is known besides device, time and a number; None where it has one.
pub fn content_of(event: &ProcessEvent<'_>) -> Option<Content> {
    match (event.report_id, event.report_key) {
        (Some(_), _) => None,
        (None, "") => Some(Content::Whole),
        (None, _) => Some(Content::ReportId),
    }
}

/// The hash by which an event is known.
pub fn hash_content(interner: &mut Interner, content: Content, event: &ProcessEvent<'_>) -> i64 {
    match content {
        Content::Whole => interner.hash_value(&Whole(event)),
        Content::ReportId => interner.hash_value(&ReportKey(event.report_key)),
    }
}

/// The export's other columns with the ReportId that is a text, which has no other place; None where it is none.
pub fn with_report_id(event: &ProcessEvent<'_>) -> Option<String> {
    (!event.report_key.is_empty()).then(|| {
        let mut extra: BTreeMap<String, String> = serde_json::from_str(event.extra).unwrap_or_default();
        extra.insert(Column::ReportId.name().to_owned(), event.report_key.to_owned());
        serde_json::json!(extra).to_string()
    })
}

struct ReportKey<'e>(&'e str);

impl Hash for ReportKey<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (Column::ReportId.name(), &*folded(self.0)).hash(state);
    }
}

/// All that an event says, ids and hashes in one form.
struct Whole<'e>(&'e ProcessEvent<'e>);

impl Hash for Whole<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let ProcessEvent { time, device, report_id, action_type, created, initiating, .. } = self.0;
        let Device { id, name } = device;
        (time, &*folded(id), name, report_id, action_type).hash(state);
        hash_process(created, state);
        let InitiatingProcess { process, parent_pid, parent_file_name, parent_creation_time, .. } =
            initiating;
        hash_process(process, state);
        (parent_pid, parent_file_name, parent_creation_time).hash(state);
        (initiating.signer_type, initiating.signature_status).hash(state);
        let ProcessEvent { app_guard_container_id, additional_fields, workspace, extra, .. } = self.0;
        let Workspace { tenant_id, machine_group, source_system, table_type, is_billable } = workspace;
        (&*folded(app_guard_container_id), additional_fields, extra).hash(state);
        (&*folded(tenant_id), machine_group, source_system, table_type, is_billable).hash(state);
        (self.0.time_generated, self.0.billed_size.map(f64::to_bits)).hash(state);
    }
}

fn hash_process<H: Hasher>(process: &Process<'_>, state: &mut H) {
    let Process { image, command_line, pid, creation_time, unique_id, logon } = process;
    let Image { file_name, folder_path, sha1, sha256, md5, size_bytes, .. } = image;
    (file_name, folder_path, &*folded(sha1), &*folded(sha256), &*folded(md5), size_bytes).hash(state);
    let Image { company_name, product_name, product_version, .. } = image;
    let Image { internal_file_name, original_file_name, file_description, .. } = image;
    (company_name, product_name, product_version).hash(state);
    (internal_file_name, original_file_name, file_description).hash(state);
    (command_line, pid, creation_time, unique_id).hash(state);
    let Logon { account, logon_id, integrity_level, token_elevation, session_id, is_remote, .. } = logon;
    let Account { domain, name, sid, upn, object_id } = account;
    (domain, name, sid, upn, &*folded(object_id)).hash(state);
    (logon_id, integrity_level, token_elevation, session_id, is_remote).hash(state);
    (logon.remote_device_name, logon.remote_ip).hash(state);
}
