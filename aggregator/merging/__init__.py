"""One thing is one item: from what was read of a capture to the archive's items.

```
taking ─▶ absorb ─▶ naming ─▶ matching (copies, alike) ─▶ merge (standing, noise)
      └─▶ withdrawals
```

`naming` says by which names an entry can be known, `matching` which item it is about, `standing` what its
source may say of that item, and `merge` folds it in. `merges` undoes what was joined wrongly. Everything
but `absorb`, `taking`, `merges` and the notes of `withdrawals` is pure.
"""
