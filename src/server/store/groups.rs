//! The public state of rooms' groups: what the delivery service continues with after a restart.

use super::{Store, broken};
use crate::exit::{Exit, Failure};
use conclave_e2ee::delivery::Snapshot;
use sqlx::Row as _;

/// Generation and epoch as they are ordered in the store.
fn order(generation: u64, epoch: Option<u64>) -> (i64, i64) {
    let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    (number(generation), epoch.map_or(-1, number))
}

impl Store {
    /// What is there of a room's group. One that cannot be read counts as none.
    pub async fn group(&self, room: &str) -> Result<Option<Snapshot>, Failure> {
        let row = sqlx::query("SELECT snapshot FROM groups WHERE room = ?").bind(room);
        let Some(row) = row.fetch_optional(&self.pool).await.map_err(broken)? else { return Ok(None) };
        let bytes: Vec<u8> = row.try_get("snapshot").map_err(broken)?;
        let read = serde_json::from_slice(&bytes);
        Ok(read.inspect_err(|e| tracing::warn!("the stored group of room {room} cannot be read ({e})")).ok())
    }

    /// Keeps a group if what is there is not newer than `expect` (compare and swap on generation and epoch; something older
    /// is a write of ours that failed). Gives what is there instead if it is newer.
    pub async fn keep_group(
        &self,
        room: &str,
        expect: Option<(u64, Option<u64>)>,
        snapshot: &Snapshot,
    ) -> Result<Option<Snapshot>, Failure> {
        let bytes =
            serde_json::to_vec(snapshot).map_err(|e| Failure::new(Exit::Internal, format!("a group cannot be written ({e})")))?;
        let (generation, epoch) = order(snapshot.generation, snapshot.epoch);
        let (expected_generation, expected_epoch) = expect.map_or((-1, -1), |(g, e)| order(g, e));
        let done = sqlx::query(
            "INSERT INTO groups (room, generation, epoch, snapshot) VALUES (?, ?, ?, ?)
             ON CONFLICT (room) DO UPDATE
             SET generation = excluded.generation, epoch = excluded.epoch, snapshot = excluded.snapshot
             WHERE (groups.generation, groups.epoch) <= (?, ?)",
        )
        .bind(room)
        .bind(generation)
        .bind(epoch)
        .bind(bytes)
        .bind(expected_generation)
        .bind(expected_epoch)
        .execute(&self.pool)
        .await
        .map_err(broken)?;
        if done.rows_affected() == 1 { Ok(None) } else { self.group(room).await }
    }

    /// Forgets a room's group.
    pub async fn forget_group(&self, room: &str) -> Result<(), Failure> {
        sqlx::query("DELETE FROM groups WHERE room = ?").bind(room).execute(&self.pool).await.map_err(broken)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::store::DataDir;
    use conclave_e2ee::wire::Blob;

    #[tokio::test]
    async fn of_two_writers_one_wins_and_the_other_gets_what_won() {
        let dir = tempfile::tempdir().unwrap();
        let s = Store::open(&DataDir::open(dir.path()).unwrap()).await.unwrap();
        let at = |generation, epoch, n: u8| Snapshot {
            generation,
            epoch,
            group_info: Blob(vec![n]),
            tree: Blob(vec![n; 3]),
            commits: vec![(0, "m-a".into(), Blob(vec![n]))],
        };
        assert_eq!(s.group("r").await.unwrap(), None);
        assert_eq!(s.keep_group("r", None, &at(1, Some(0), 1)).await.unwrap(), None);
        assert_eq!(s.keep_group("r", None, &at(1, Some(0), 2)).await.unwrap(), Some(at(1, Some(0), 1)));
        assert_eq!(s.keep_group("r", Some((1, Some(0))), &at(1, Some(1), 3)).await.unwrap(), None);
        assert_eq!(s.keep_group("r", Some((1, Some(0))), &at(1, Some(1), 4)).await.unwrap(), Some(at(1, Some(1), 3)));
        // A vacant generation is newer than every epoch of the one before.
        assert_eq!(s.keep_group("r", Some((1, Some(1))), &at(2, None, 5)).await.unwrap(), None);
        assert_eq!(s.keep_group("r", Some((1, Some(1))), &at(1, Some(2), 6)).await.unwrap(), Some(at(2, None, 5)));
        let other = Store::open(&DataDir::open(dir.path()).unwrap()).await.unwrap();
        assert_eq!(other.group("r").await.unwrap(), Some(at(2, None, 5)));
        other.forget_group("r").await.unwrap();
        assert_eq!(s.group("r").await.unwrap(), None);
    }
}
