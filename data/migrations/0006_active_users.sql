-- How many people used a product in the days of a row, where its vendor counts them and names nobody.
ALTER TABLE usage_daily ADD COLUMN active_users BIGINT;
ALTER TABLE usage_daily_superseded ADD COLUMN active_users BIGINT;
