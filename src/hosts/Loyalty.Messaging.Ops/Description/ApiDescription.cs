using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Loyalty.Messaging.Ops.Shared;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Loyalty.Messaging.Ops.Description;

/// <summary>
/// <c>/openapi/v1.json</c>: what the framework reads off the routes, and what all of them have in common and none of them says.
/// </summary>
internal static class ApiDescription
{
    const string KeyScheme = "key";
    const string Problem = "application/problem+json";

    public static void AddApiDescription(this WebApplicationBuilder builder) =>
        builder.Services.AddOpenApi(options =>
        {
            options.AddDocumentTransformer(DescribeAsync);
            options.AddOperationTransformer(CompleteAsync);
            options.AddSchemaTransformer(RelaxAsync);
        });

    static Task DescribeAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Loyalty.Messaging, for operators",
            Version = "1.0",
            Description =
                "What became of every order and refund, and what may be done about it. "
                + "What goes wrong is answered as problem+json, with a sentence in detail that says what to do.",
        };
        // Not the name under which this machine was asked: the address is where the description was read.
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[KeyScheme] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description =
                "A key of the site, made by `loyalty keys new`. Its role decides: viewer, operator or approver, "
                + "each of which includes the ones before.",
        };
        var examples = context.ApplicationServices.GetRequiredService<ApiExamples>();
        foreach (var tag in document.Tags ?? new HashSet<OpenApiTag>())
            tag.Description = examples.OfTag(tag.Name!);
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(KeyScheme, document)] = [] }];
        return Task.CompletedTask;
    }

    static Task CompleteAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var json = context.ApplicationServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        var examples = context.ApplicationServices.GetRequiredService<ApiExamples>();
        operation.Responses ??= [];
        foreach (var status in CommonRefusals(operation))
            operation.Responses.TryAdd(Text(status), Refusal(operation, status));
        foreach (var (status, response) in operation.Responses)
            if (response.Content is { } content)
                foreach (var (mediaType, media) in content)
                    media.Example =
                        mediaType == Problem
                            ? ProblemExample(int.Parse(status, CultureInfo.InvariantCulture), json)
                            : Example(examples, ResponseType(context.Description, status, mediaType), json);
        // A route that writes JSON or CSV has said the type of the JSON alone.
        foreach (
            var media in operation
                .Responses.Values.SelectMany(response => response.Content ?? new Dictionary<string, OpenApiMediaType>())
                .Where(content => content.Key == "text/csv")
        )
            (media.Value.Schema, media.Value.Example) = (new OpenApiSchema { Type = JsonSchemaType.String }, null);
        var body = context.Description.ParameterDescriptions.FirstOrDefault(parameter => parameter.Source.Id == "Body")?.Type;
        foreach (var media in operation.RequestBody?.Content?.Values ?? [])
            media.Example = body == typeof(string) ? Examples.Statement : Example(examples, body, json);
        foreach (
            var parameter in (operation.Parameters ?? [])
                .OfType<OpenApiParameter>()
                .Where(parameter => parameter.In == ParameterLocation.Path)
        )
            parameter.Example = Examples.OfPath(parameter.Name!, operation.OperationId!);
        return Task.CompletedTask;
    }

    /// <summary>What is null is left out of every answer, so it is not required, whatever the record's constructor wants.</summary>
    static Task RelaxAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var property in context.JsonTypeInfo.Properties.Where(property => property.IsGetNullable))
            schema.Required?.Remove(property.Name);
        return Task.CompletedTask;
    }

    /// <summary>What any route may answer before or instead of its own code.</summary>
    static IEnumerable<int> CommonRefusals(OpenApiOperation operation)
    {
        yield return StatusCodes.Status500InternalServerError;
        yield return StatusCodes.Status503ServiceUnavailable;
        if (operation.RequestBody is not null || operation.Parameters?.Any(parameter => parameter.In == ParameterLocation.Query) == true)
            yield return StatusCodes.Status400BadRequest;
        if (operation.RequestBody is null)
            yield break;
        yield return StatusCodes.Status413PayloadTooLarge;
        yield return StatusCodes.Status415UnsupportedMediaType;
    }

    /// <summary>Of the same form as the refusal without a key, which every route says it has.</summary>
    static OpenApiResponse Refusal(OpenApiOperation operation, int status) =>
        new()
        {
            Description = ReasonPhrases.GetReasonPhrase(status),
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [Problem] = new() { Schema = operation.Responses![Text(StatusCodes.Status401Unauthorized)].Content![Problem].Schema },
            },
        };

    static Type? ResponseType(Microsoft.AspNetCore.Mvc.ApiExplorer.ApiDescription description, string status, string mediaType) =>
        description
            .SupportedResponseTypes.FirstOrDefault(type =>
                Text(type.StatusCode) == status && type.ApiResponseFormats.Any(format => format.MediaType == mediaType)
            )
            ?.Type;

    static JsonNode? Example(ApiExamples examples, Type? type, JsonSerializerOptions json) =>
        type is not null && examples.OfType(type) is { } example ? JsonSerializer.SerializeToNode(example, type, json) : null;

    static JsonObject ProblemExample(int status, JsonSerializerOptions json) =>
        JsonSerializer
            .SerializeToNode(new ProblemExample(ReasonPhrases.GetReasonPhrase(status), status, Examples.DetailOf(status)), json)!
            .AsObject();

    static string Text(int status) => status.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What a client reads of a problem.</summary>
internal sealed record ProblemExample(string Title, int Status, string Detail);
