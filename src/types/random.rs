//! Seeded randomness: the only source of it in the library.

/// ChaCha rounds. 20, as in RFC 8439: DNS ids drawn from here must not be guessable, and draws are rare.
const ROUNDS: usize = 20;
/// "expand 32-byte k", the constant of RFC 8439 §2.3.
const CONSTANT: [u32; 4] = [0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574];

/// A deterministic generator: the ChaCha20 key stream (RFC 8439) of a 32-byte seed.
///
/// The same seed gives the same numbers on every machine, so a run can be replayed exactly.
#[derive(Clone, Debug)]
pub struct Random {
    key: [u32; 8],
    counter: u64,
    block: [u32; 16],
    used: usize,
}

impl Random {
    /// A generator for this seed.
    #[must_use]
    pub fn new(seed: &[u8; 32]) -> Random {
        let mut key = [0; 8];
        for (word, bytes) in key.iter_mut().zip(seed.chunks_exact(4)) {
            *word = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        }
        Random { key, counter: 0, block: [0; 16], used: 16 }
    }

    /// A uniformly distributed number.
    pub fn next_u32(&mut self) -> u32 {
        if self.used == self.block.len() {
            self.block = block(&self.key, self.counter);
            self.counter += 1;
            self.used = 0;
        }
        self.used += 1;
        self.block[self.used - 1]
    }

    /// A uniformly distributed number in `0..=max`.
    pub fn up_to(&mut self, max: u64) -> u64 {
        let wide = (u64::from(self.next_u32()) << 32) | u64::from(self.next_u32());
        // Multiply-shift: the bias is below 2^-32 for every range this library draws from.
        ((u128::from(wide) * (u128::from(max) + 1)) >> 64) as u64
    }
}

fn quarter_round(state: &mut [u32; 16], a: usize, b: usize, c: usize, d: usize) {
    state[a] = state[a].wrapping_add(state[b]);
    state[d] = (state[d] ^ state[a]).rotate_left(16);
    state[c] = state[c].wrapping_add(state[d]);
    state[b] = (state[b] ^ state[c]).rotate_left(12);
    state[a] = state[a].wrapping_add(state[b]);
    state[d] = (state[d] ^ state[a]).rotate_left(8);
    state[c] = state[c].wrapping_add(state[d]);
    state[b] = (state[b] ^ state[c]).rotate_left(7);
}

fn permute(initial: [u32; 16]) -> [u32; 16] {
    let mut state = initial;
    for _ in 0..ROUNDS / 2 {
        for column in 0..4 {
            quarter_round(&mut state, column, column + 4, column + 8, column + 12);
        }
        for (a, b, c, d) in [(0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)] {
            quarter_round(&mut state, a, b, c, d);
        }
    }
    for (word, first) in state.iter_mut().zip(initial) {
        *word = word.wrapping_add(first);
    }
    state
}

fn block(key: &[u32; 8], counter: u64) -> [u32; 16] {
    let mut state = [0; 16];
    state[..4].copy_from_slice(&CONSTANT);
    state[4..12].copy_from_slice(key);
    state[12] = counter as u32;
    state[13] = (counter >> 32) as u32;
    permute(state)
}

#[cfg(test)]
mod tests {
    use super::{CONSTANT, Random, permute};

    #[test]
    fn block_function_matches_rfc_8439_section_2_3_2() {
        let mut state = [0u32; 16];
        state[..4].copy_from_slice(&CONSTANT);
        for (i, word) in state[4..12].iter_mut().enumerate() {
            let first = 4 * i as u32;
            *word = first | (first + 1) << 8 | (first + 2) << 16 | (first + 3) << 24;
        }
        state[12..].copy_from_slice(&[1, 0x0900_0000, 0x4a00_0000, 0]);
        let out = permute(state);
        assert_eq!(out[..4], [0xe4e7_f110, 0x1559_3bd1, 0x1fdd_0f50, 0xc471_20a3]);
        assert_eq!(out[15], 0x4e3c_50a2);
    }

    #[test]
    fn draws_stay_in_range_and_repeat_for_the_same_seed() {
        let draw = || {
            let mut random = Random::new(&[7; 32]);
            (0..1000).map(|_| random.up_to(9)).collect::<Vec<_>>()
        };
        let first = draw();
        assert_eq!(first, draw());
        assert!((0..=9).all(|n| first.contains(&n)) && first.iter().all(|n| *n <= 9));
    }
}
