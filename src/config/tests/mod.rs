//! Tests of the folder as a whole, through its public face.
