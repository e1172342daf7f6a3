//! Is the house still the house? The tests of this crate compare the code with its own rules and documents.
