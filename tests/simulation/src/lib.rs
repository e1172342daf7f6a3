//! Does it survive the world? The tests of this crate run the production handlers of a small cohort on models of AWS that
//! break on purpose, by the thousand seeds, and judge what is stored.
