-- subscription_spans, version 1: every subscription an import told of, as it told it.
SELECT customer, started, ended, mrr, is_trial
FROM subscription
