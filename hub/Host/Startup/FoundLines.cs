using StemLab.Store;

namespace StemLab.Hub.Startup;

/// <summary>What a hub found in its data folder, what it did about it and what is missing, for the person who starts it; nothing to say = no line. Pure.</summary>
internal static class FoundLines
{
    /// <param name="opened">What opening series.db found.</param>
    /// <param name="agents">Agents the registry knows.</param>
    /// <param name="preset">How often the store writes.</param>
    /// <param name="vi">In Vietnamese, else in English.</param>
    public static IEnumerable<string> Of(OpenReport opened, int agents, StorePreset preset, bool vi)
    {
        if (preset.CommitInterval > TimeSpan.Zero)
        {
            var on = preset.Card is null ? "" : $" ({preset.Card})";
            yield return vi
                ? $"  Chế độ thẻ nhớ{on}: ghi mỗi {preset.CommitInterval.TotalMilliseconds:F0} ms cho thẻ lâu hỏng"
                : $"  Preset sd-card{on}: commits every {preset.CommitInterval.TotalMilliseconds:F0} ms, so that the card lasts";
        }

        if (opened.IsNew && agents > 0)
        {
            yield return vi
                ? $"  Chú ý: biết {agents} máy đo nhưng kho số đo mới tinh: tệp series.db đã mất hoặc bị chuyển đi. Máy đo gửi lại những gì còn giữ; số đo cũ hơn chỉ lấy lại được từ bản sao lưu"
                : $"  Note: {agents} agents are known but the readings file is new: series.db was lost or moved. Agents offer again what they hold; older readings come back only from a backup";
        }

        if (opened.Tail is LogTail.Unfinished or LogTail.Zeroed or LogTail.Garbage)
        {
            yield return vi
                ? $"  Lần trước dừng đột ngột (mất điện?): bỏ {opened.TailBytes} byte ghi dở. Không mất số đo nào đã được xác nhận"
                : $"  The last stop was sudden (a power cut?): {opened.TailBytes} bytes of an unfinished write were put away. Nothing that was receipted is missing";
        }

        if (!opened.DamagedCommits.IsEmpty)
        {
            var first = opened.DamagedCommits[0];
            yield return vi
                ? $"  Hỏng: {opened.DamagedCommits.Length} lần ghi (đầu tiên: số {first}) không đọc được, số đo của chúng bị thiếu. Xem hub/Store/RECOVERY.md"
                : $"  Damaged: {opened.DamagedCommits.Length} commits (the first: {first}) cannot be read, their readings are missing. See hub/Store/RECOVERY.md";
        }
    }
}
