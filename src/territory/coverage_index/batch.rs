//! Millions of places at once, looked up in blocks, so that the waits for memory of one place overlap with those of others.

use super::CoverageIndex;
use super::grid::{Grid, OUTSIDE, STEP, Word};

/// Places looked up together: while one waits for memory, the next is on its way.
const BLOCK: usize = 256;

/// What is known of the places of a block on their way through [`CoverageIndex::locate_block`].
struct Block {
    /// The places in the box, and where their cells are.
    places: [u32; BLOCK],
    cells: [u32; BLOCK],
    bits: [u32; BLOCK],
    words: [Word; BLOCK],
    /// Places and leaves, by whether borders touch the cell.
    whole: [(u32, u32); BLOCK],
    bordered: [(u32, u32); BLOCK],
}

impl Block {
    fn new() -> Self {
        let zeros = [0; BLOCK];
        let pairs = [(0, 0); BLOCK];
        Self { places: zeros, cells: zeros, bits: zeros, words: [Word::default(); BLOCK], whole: pairs, bordered: pairs }
    }
}

impl CoverageIndex {
    /// The zones of many places, [`CoverageIndex::OUTSIDE`] for those outside; the same answers as
    /// [`CoverageIndex::locate`], faster. Places beyond the shortest slice are left alone.
    pub fn locate_batch(&self, xs: &[f64], ys: &[f64], zones: &mut [u32]) {
        let places = xs.len().min(ys.len()).min(zones.len());
        let (xs, ys, zones) = (&xs[..places], &ys[..places], &mut zones[..places]);
        zones.fill(OUTSIDE);
        let Some(grid) = self.grids.first() else { return };
        let mut block = Block::new();
        for ((xs, ys), zones) in xs.chunks(BLOCK).zip(ys.chunks(BLOCK)).zip(zones.chunks_mut(BLOCK)) {
            self.locate_block(grid, xs, ys, zones, &mut block);
        }
    }

    /// Each loop does one small thing for all places of the block, so that waits for memory overlap.
    fn locate_block(&self, grid: &Grid, xs: &[f64], ys: &[f64], zones: &mut [u32], block: &mut Block) {
        let mut inside = 0;
        for (place, (&x, &y)) in (0_u32..).zip(xs.iter().zip(ys)) {
            let (word, bit) = grid.bit(x, y);
            block.places[inside] = place;
            block.cells[inside] = word;
            block.bits[inside] = bit;
            inside += usize::from(self.in_box(x, y));
        }
        for (word, &at) in block.words.iter_mut().zip(&block.cells[..inside]) {
            *word = grid.word(at);
        }
        let (mut whole, mut bordered) = (0, 0);
        for k in 0..inside {
            let (leaf, is_leaf) = block.words[k].leaf(block.bits[k]);
            let place = block.places[k];
            block.whole[whole] = (place, leaf);
            block.bordered[bordered] = (place, leaf);
            whole += usize::from(!is_leaf);
            bordered += usize::from(is_leaf);
        }
        for &(place, leaf) in &block.whole[..whole] {
            zones[place as usize] = grid.right[leaf as usize];
        }
        // Asks for what the leaves are made of, ahead of their turn.
        for (start, &(_, leaf)) in block.cells.iter_mut().zip(&block.bordered[..bordered]) {
            *start = grid.leaves[leaf as usize].start;
        }
        for start in &mut block.cells[..bordered] {
            *start = grid.entries[*start as usize] & !STEP;
        }
        let vertices = self.outlines.vertices();
        let ahead: f64 = block.cells[..bordered].iter().map(|&vertex| vertices.get(vertex as usize).map_or(0.0, |v| v.x)).sum();
        std::hint::black_box(ahead);
        for &(place, leaf) in &block.bordered[..bordered] {
            let place = place as usize;
            zones[place] = self.locate_in(grid, leaf as usize, xs[place], ys[place]);
        }
    }
}
