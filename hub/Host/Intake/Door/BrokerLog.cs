using MQTTnet.Diagnostics.Logger;

namespace StemLab.Hub.Intake.Door;

/// <summary>What MQTTnet has to say, for whoever debugs it: its warnings and errors are mostly about clients, so nothing above Debug.</summary>
internal sealed class BrokerLog(ILogger logger) : IMqttNetLogger
{
    public bool IsEnabled => logger.IsEnabled(LogLevel.Debug);

    public void Publish(MqttNetLogLevel level, string source, string message, object[] parameters, Exception exception)
    {
        if (level >= MqttNetLogLevel.Warning && logger.IsEnabled(LogLevel.Debug))
        {
            IntakeLog.Broker(logger, exception, source, parameters is null ? message : string.Format(System.Globalization.CultureInfo.InvariantCulture, message, parameters));
        }
    }
}
