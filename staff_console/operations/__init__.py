"""Operations: what does not get through, the month's messages, health for the monitoring, the style page."""
