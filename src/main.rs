//! stub
use huntcase::{event::Timestamp, source::Export, store::*};
fn main() {
    let mut a = std::env::args().skip(1);
    let case = a.next().unwrap();
    for f in a {
        let t = std::time::Instant::now();
        let mut e =
            Export::open(&f, Box::new(std::fs::File::open(&f).unwrap())).unwrap_or_else(|e| panic!("{e}"));
        let mut c = Case::open(case.as_ref(), Access::Create).unwrap();
        let o = ingest(
            &mut c,
            &mut e,
            Request { file_name: &f, by: "me", at: Timestamp::from_ticks(0) },
            &mut |_, _| {},
        )
        .unwrap();
        eprintln!("{:?} {:?}", o, t.elapsed());
        drop(c);
        eprintln!("closed {:?}", t.elapsed());
    }
}
